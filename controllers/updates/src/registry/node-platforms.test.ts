import type { KubeObject } from "@eddy/core/object";
import { describe, expect, it } from "vitest";
import { missingPlatforms, neededPlatforms } from "./node-platforms.ts";

const node = (arch: string, labels: Record<string, string> = {}): Record<string, string> => ({
  "kubernetes.io/os": "linux",
  "kubernetes.io/arch": arch,
  ...labels,
});
const workload = (podSpec: object): KubeObject =>
  ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "x" },
    spec: { template: { spec: podSpec } },
  }) as KubeObject;

describe("neededPlatforms", () => {
  const nodes = [node("amd64"), node("arm64", { pool: "small" }), node("amd64"), { pool: "unlabelled" }];
  it.each<[object, string[]]>([
    [{}, ["linux/amd64", "linux/arm64"]],
    [{ nodeSelector: { pool: "small" } }, ["linux/arm64"]],
    [{ nodeSelector: { "kubernetes.io/arch": "amd64" } }, ["linux/amd64"]],
    [{ nodeSelector: { pool: "none" } }, []],
  ])("%j", (podSpec, want) => expect(neededPlatforms(workload(podSpec), nodes)).toEqual(want));
});

it.each<[string[], string[] | undefined, string[]]>([
  [["linux/amd64"], ["linux/amd64", "linux/arm64/v8"], []],
  [["linux/amd64", "linux/arm64"], ["linux/amd64", "linux/arm64/v8"], []],
  [["linux/amd64", "linux/arm64"], ["linux/amd64"], ["linux/arm64"]],
  [["linux/arm"], ["linux/arm64"], ["linux/arm"]],
  [["linux/amd64"], undefined, []],
  [[], ["windows/amd64"], []],
])("of %j an image for %j lacks %j", (needed, runsOn, want) => expect(missingPlatforms(needed, runsOn)).toEqual(want));
