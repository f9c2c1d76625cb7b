import { gitRepositoryKind, helmChartKind, helmReleaseKind, helmRepositoryKind, kustomizationKind } from "@eddy/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const time = "2026-01-01T00:00:00Z";
const revision = "main@sha1:696f056df216eea4f9401adbee0ff744d4df390f";
const ready = (message: string, status: "True" | "False" = "True"): object => ({
  observedGeneration: 1,
  conditions: [{ type: "Ready", status, reason: "R", message, lastTransitionTime: time, observedGeneration: 1 }],
});
const artifact = (of: string): object => ({
  artifact: {
    path: "p",
    url: "http://a/p",
    revision: of,
    digest: `sha256:${"0".repeat(64)}`,
    lastUpdateTime: time,
    size: 2048,
  },
});
const labelsOf = (group: string): Record<string, string> => ({
  [`${group}/name`]: "app",
  [`${group}/namespace`]: "trace",
});

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
  await bed.namespace("trace");
  const at = (name: string): { name: string; namespace: string } => ({ name, namespace: "trace" });
  const url = "https://example.com/x";
  await bed.create(
    gitRepositoryKind,
    at("source"),
    { url, interval: "1m", ref: { branch: "main" } },
    {
      ...ready("no such host", "False"),
      ...artifact(revision),
    },
  );
  const sourceRef = { kind: "GitRepository", name: "source" };
  await bed.create(
    kustomizationKind,
    at("app"),
    { interval: "10m", path: "./apps", prune: true, targetNamespace: "prod", sourceRef },
    { ...ready(`Applied revision: ${revision}`), lastAppliedRevision: revision },
  );
  await bed.create(
    helmRepositoryKind,
    at("charts"),
    { url, interval: "1m" },
    { ...ready("stored"), ...artifact("sha256:1") },
  );
  const chart = { chart: "podinfo", version: "6.x", sourceRef: { kind: "HelmRepository", name: "charts" } };
  await bed.create(
    helmChartKind,
    at("trace-app"),
    { ...chart, interval: "1m" },
    { ...ready("pulled"), ...artifact("6.3.5") },
  );
  await bed.create(
    helmReleaseKind,
    at("app"),
    { interval: "1m", chart: { spec: chart } },
    {
      ...ready("installed"),
      lastAttemptedRevision: "6.3.5",
    },
  );
  const config = async (name: string, labels: Record<string, string>, owner?: { name: string; uid: string }) =>
    bed.kube.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        ...at(name),
        labels,
        ...(owner ? { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", ...owner }] } : {}),
      },
    });
  const { metadata } = await config("of-kustomization", labelsOf(kustomizationKind.group));
  await config("owned", {}, { name: metadata.name, uid: metadata.uid ?? "" });
  await config("of-helm", labelsOf(helmReleaseKind.group));
  await config("of-nobody", {});
  await config("of-one-gone", { ...labelsOf(kustomizationKind.group), [`${kustomizationKind.group}/name`]: "gone" });
});
afterAll(() => bed.stop());

const kustomizationTrace = (name: string): string => `
Object:          ConfigMap/${name}
Namespace:       trace
Status:          Managed by Flux
---
Kustomization:   app
Namespace:       trace
Target:          prod
Path:            ./apps
Revision:        ${revision}
Status:          Last reconciled at 2026-01-01 00:00:00 +0000 UTC
Message:         Applied revision: ${revision}
---
GitRepository:   source
Namespace:       trace
URL:             https://example.com/x
Branch:          main
Revision:        ${revision}
Status:          Last reconciliation failed at 2026-01-01 00:00:00 +0000 UTC
Message:         no such host
`;

describe("trace", () => {
  test.each([
    ["configmap of-kustomization", kustomizationTrace("of-kustomization")],
    ["cm/owned", kustomizationTrace("owned")],
    ["owned --kind ConfigMap --api-version v1", kustomizationTrace("owned")],
    [
      "cm/of-kustomization configmaps/owned",
      `${kustomizationTrace("of-kustomization")}---\n${kustomizationTrace("owned")}`,
    ],
    [
      "cm of-helm",
      `
Object:         ConfigMap/of-helm
Namespace:      trace
Status:         Managed by Flux
---
HelmRelease:    app
Namespace:      trace
Revision:       6.3.5
Status:         Last reconciled at 2026-01-01 00:00:00 +0000 UTC
Message:        installed
---
HelmChart:      trace-app
Namespace:      trace
Chart:          podinfo
Version:        6.x
Revision:       6.3.5
Status:         Last reconciled at 2026-01-01 00:00:00 +0000 UTC
Message:        pulled
---
HelmRepository: charts
Namespace:      trace
URL:            https://example.com/x
Revision:       sha256:1
Status:         Last reconciled at 2026-01-01 00:00:00 +0000 UTC
Message:        stored
`,
    ],
  ])("%s", async (words, want) => {
    const { code, stdout, stderr } = await bed.run("trace", `trace ${words}`);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: want, stderr: "" });
  });

  test.each([
    ["cm of-nobody", 0, "failed to trace ConfigMap/of-nobody in namespace trace: object not managed by Flux"],
    ["cm of-one-gone", 0, 'failed to find kustomization: kustomizations.kustomize.toolkit.fluxcd.io "gone" not found'],
    ["cm missing", 1, 'configmaps "missing" not found'],
    ["thing x", 1, `the server doesn't have a resource type "thing"`],
    ["cm", 1, "either `<resource>/<name>` or `<resource> <name>` is required as an argument"],
    ["cm/a/b", 1, "either `<resource>/<name>` or `<resource> <name>` is required as an argument"],
    ["x --kind Pod", 1, "object apiVersion is required (--api-version)"],
    ["x --api-version v1", 1, "object kind is required (--kind)"],
  ])("%s: exit code %d", async (words, code, want) => {
    const run = await bed.run("trace", `trace ${words}`);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(want);
  });
});

test("stats", async () => {
  const { code, stdout } = await bed.run("trace", "stats");
  expect(code).toBe(0);
  const rows = stdout.split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
  expect(rows[0]).toEqual(["RECONCILERS", "RUNNING", "FAILING", "SUSPENDED", "STORAGE"]);
  expect(rows).toContainEqual(["GitRepository", "1", "1", "0", "2.0 KiB", ""]);
  expect(rows).toContainEqual(["Kustomization", "1", "0", "0", "-", ""]);
  expect(rows).toContainEqual(["Bucket", "0", "0", "0", "-", ""]);
  expect((await bed.run("elsewhere", "stats -A")).stdout).toBe(stdout);
  expect((await bed.run("elsewhere", "stats")).stdout).not.toBe(stdout);
});
