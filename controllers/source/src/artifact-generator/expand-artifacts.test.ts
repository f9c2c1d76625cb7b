import type { ArtifactGenerator, OutputArtifact } from "@eddy/api";
import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { expandArtifacts } from "./expand-artifacts.ts";

const tree = memoryTree({
  "apps/Auth/envs/dev/x": "",
  "apps/Auth/envs/prod/x": "",
  "apps/pay/envs/dev/x": "",
  "apps/pay/envs/readme": "",
});
const copy = [{ from: "@repo/apps/{app}/envs/{env}/**", to: "@artifact/{env}/" }];

function expand(pathPattern: string | undefined, artifacts: OutputArtifact[]): ReturnType<typeof expandArtifacts> {
  const spec = { sources: [], artifacts, ...(pathPattern === undefined ? {} : { pathPattern }) };
  const object = { metadata: { name: "g", namespace: "ns" }, spec } as unknown as ArtifactGenerator;
  return expandArtifacts(object, new Map([["repo", tree]]));
}

describe("artifacts of a path pattern", () => {
  it("are made for each directory, with names and labels of lower case and paths as they are", () => {
    const requests = expand("@repo/apps/{app}/envs/{env}", [{ name: "{app}-{env}", copy }]);
    expect(requests.map(({ artifact, labels }) => [artifact.name, artifact.copy[0]?.from, labels])).toEqual([
      ["auth-dev", "@repo/apps/Auth/envs/dev/**", { app: "auth", env: "dev" }],
      ["auth-prod", "@repo/apps/Auth/envs/prod/**", { app: "auth", env: "prod" }],
      ["pay-dev", "@repo/apps/pay/envs/dev/**", { app: "pay", env: "dev" }],
    ]);
  });

  it("are those of the spec where there is none", () => {
    const artifact = { name: "{app}", copy };
    expect(expand(undefined, [artifact])).toEqual([{ artifact, labels: {} }]);
  });

  it.each([
    ["repo/x", "{a}", "invalid pathPattern format: repo/x"],
    ["@none/{a}", "{a}", 'pathPattern "@none/{a}": source alias none not found in local sources'],
    ["@repo/{a", "x", "missing closing brace"],
    ["@repo/a}", "x", "missing opening brace"],
    ["@repo/{}", "x", "empty capture variable"],
    ["@repo/{1a}", "x", 'capture variable "1a" must be a valid capture name matching [A-Za-z_][A-Za-z0-9_]*'],
    ["@repo/{_a}", "x", 'capture variable "_a" is not a valid Kubernetes label key'],
    ["@repo/{a}/{a}", "x", 'duplicate capture variable "a"'],
    ["@repo/apps/{app}", "same", 'directories "apps/Auth" and "apps/pay" both resolve to artifact name "same"'],
    ["@repo/apps/{app}", "{other}", 'capture variable "other" is not defined by pathPattern'],
    ["@repo/apps/{app}", "{app", "capture is missing closing brace"],
    ["@repo/apps/{app}", "{app}_x", 'rendered artifact name "auth_x" is not a valid Kubernetes object name'],
  ])("are refused: %s as %s", (pattern, name, message) => {
    expect(() => expand(pattern, [{ name, copy: [{ from: "@repo/x", to: "@artifact/" }] }])).toThrow(message);
  });

  it("are found in time, whatever the names", () => {
    const long = memoryTree({ [`${"a".repeat(250)}/x`]: "" });
    const captures = Array.from({ length: 20 }, (_, index) => `{c${index}}a`).join("");
    const spec = { sources: [], artifacts: [{ name: "x", copy }], pathPattern: `@repo/${captures}b` };
    const object = { metadata: { name: "g" }, spec } as unknown as ArtifactGenerator;
    expect(expandArtifacts(object, new Map([["repo", long]]))).toEqual([]);
  });
});
