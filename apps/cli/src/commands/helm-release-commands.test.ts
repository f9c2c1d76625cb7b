import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helmReleaseKind } from "@eddy/api";
import { loadDocuments } from "@eddy/goyaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const snapshot = {
  apiVersion: "v2",
  digest: "sha256:a",
  name: "web",
  namespace: "team",
  version: 1,
  status: "deployed",
  chartName: "app",
  chartVersion: "1.2.3",
  configDigest: "sha256:b",
  firstDeployed: "2026-01-01T00:00:00Z",
  lastDeployed: "2026-01-01T00:00:00Z",
};
const ready = {
  type: "Ready",
  status: "True",
  reason: "InstallSucceeded",
  message: "Helm install succeeded",
  lastTransitionTime: "2026-01-01T00:00:00Z",
};

let bed: CliBed;
let dir: string;
beforeAll(async () => {
  bed = await startCliBed();
  dir = mkdtempSync(join(tmpdir(), "eddy-cli-"));
  await bed.namespace("team");
  await bed.kube.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "base", namespace: "team" },
    data: { "values.yaml": "replicas: 2\nimage: {tag: one}\n" },
  });
  const spec = {
    interval: "1m0s",
    chart: { spec: { chart: "app", sourceRef: { kind: "HelmRepository", name: "charts" } } },
    valuesFrom: [{ kind: "ConfigMap", name: "base" }],
    values: { image: { tag: "two" } },
  };
  await bed.create(helmReleaseKind, { name: "web", namespace: "team" }, spec, {
    history: [snapshot],
    conditions: [ready],
    inventory: { entries: [{ id: "team_web-config__ConfigMap", v: "v1" }] },
  });
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await bed.stop();
});

describe("HelmReleases", () => {
  test("are listed with the version of their chart, and with what a person gave as their source", async () => {
    const { stdout } = await bed.run("team", "get hr --show-source");
    expect(stdout).toMatch(/^NAME\s+SOURCE\s+REVISION\s+SUSPENDED\s+READY\s+MESSAGE/);
    expect(stdout).toMatch(/web\s+HelmRepository\/team\/charts\s+1\.2\.3\s+False\s+True\s+Helm install succeeded/);
  });

  test("show what they released", async () => {
    const { stdout } = await bed.run("team", "tree hr web");
    expect(stdout).toBe("HelmRelease/team/web\n└── ConfigMap/team/web-config\n\n");
  });

  test.each([
    ["--show-values", /^image:\n {2}tag: two\nreplicas: 2\n$/],
    ["--show-history", /^# History documentation: .*\n- apiVersion: v2\n {2}chartName: app\n/],
    ["--show-status", /^# Status documentation: .*\nconditions:\n/],
  ])("debug %s", async (flag, want) => {
    const { stdout, code } = await bed.run("team", `debug helmrelease web ${flag}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(want);
  });

  test("debug wants to know what of", async () => {
    const { stderr, code } = await bed.run("team", "debug hr web --show-values --show-status");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("exactly one of --show-status, --show-values, or --show-history must be set"),
    ]);
  });

  test("are created with values of files, merged", async () => {
    const [one, two] = [join(dir, "one.yaml"), join(dir, "two.yaml")];
    writeFileSync(one, "a: {b: 1, c: 2}\nlist: [1]\n");
    writeFileSync(two, "a: {c: 3}\nlist: [2]\n");
    const { stdout } = await bed.run(
      "team",
      `create hr web --chart-ref OCIRepository/web.infra --values ${one} --values ${two} --export`,
    );
    expect(loadDocuments(stdout)[0]?.value).toEqual({
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "web", namespace: "team" },
      spec: {
        chartRef: { kind: "OCIRepository", name: "web", namespace: "infra" },
        interval: "1m0s",
        values: { a: { b: 1, c: 3 }, list: [2] },
      },
    });
  });

  test("a file of values that is no map is refused", async () => {
    const file = join(dir, "list.yaml");
    writeFileSync(file, "[1]\n");
    const { stderr, code } = await bed.run(
      "team",
      `create hr web --chart-ref OCIRepository/web --values ${file} --export`,
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining("the file is not a map")]);
  });
});
