import { kustomizationKind } from "@eddy/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
  await bed.namespace("debug");
  const metadata = (name: string): { name: string; namespace: string } => ({ name, namespace: "debug" });
  await bed.kube.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata("vars"),
    data: { zone: "a", b: "1\n2" },
  });
  await bed.kube.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("vars"),
    data: { zone: Buffer.from("from the Secret").toString("base64") },
  });
  const spec = { interval: "10m", path: "./", prune: true, sourceRef: { kind: "GitRepository", name: "x" } };
  const substituteFrom = [
    { kind: "ConfigMap", name: "vars" },
    { kind: "Secret", name: "vars" },
    { kind: "Secret", name: "none", optional: true },
  ];
  await bed.create(
    kustomizationKind,
    metadata("app"),
    { ...spec, postBuild: { substitute: { a: "inline" }, substituteFrom } },
    { observedGeneration: 1, history: [] },
  );
  await bed.create(kustomizationKind, metadata("plain"), spec);
  const missing = [{ kind: "ConfigMap", name: "missing" }];
  await bed.create(kustomizationKind, metadata("broken"), { ...spec, postBuild: { substituteFrom: missing } });
});
afterAll(() => bed.stop());

const at = "https://fluxcd.io/flux/components/kustomize/kustomizations";

test.each([
  ["ks app --show-vars", "a=inline\nb=12\nzone=from the Secret\n"],
  ["kustomization app --show-history", `# History documentation: ${at}/#history\n[]\n`],
  [
    "kustomization app --show-status",
    `# Status documentation: ${at}/#kustomization-status\nhistory: []\nobservedGeneration: 1\n`,
  ],
])("debug %s", async (words, want) => {
  const { code, stdout } = await bed.run("debug", `debug ${words}`);
  expect({ code, stdout }).toEqual({ code: 0, stdout: want });
});

test.each([
  ["ks plain --show-vars", "no post build substitutions found"],
  ["ks broken --show-vars", `substitute from 'ConfigMap/missing' error: configmaps "missing" not found`],
  ["ks app", "exactly one of --show-status, --show-vars, or --show-history must be set"],
  ["ks app --show-values", "exactly one of --show-status, --show-vars, or --show-history must be set"],
  ["hr app --show-vars", "exactly one of --show-status, --show-values, or --show-history must be set"],
  ["ks none --show-status", `kustomizations.kustomize.toolkit.fluxcd.io "none" not found`],
])("debug %s fails", async (words, want) => {
  const { code, stderr } = await bed.run("debug", `debug ${words}`);
  expect(code).toBe(1);
  expect(stderr).toContain(want);
});
