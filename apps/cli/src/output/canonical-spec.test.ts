import { expect, test } from "vitest";
import { helmReleaseKind, kustomizationKind } from "@eddy/api";
import { canonicalSpec } from "./canonical-spec.ts";

const metadata = { name: "a", namespace: "b" };

test("durations are Go's, and what would be nothing anyway is left out", () => {
  const spec = { interval: "10m", timeout: "90s", retryInterval: "soon", force: false, prune: false, path: "./" };
  const object = { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", metadata, spec };
  expect(canonicalSpec(kustomizationKind, object)["spec"]).toEqual({
    interval: "10m0s",
    timeout: "1m30s",
    retryInterval: "soon",
    prune: false,
    path: "./",
  });
});

test("a no that is not the default stays", () => {
  const spec = { interval: "1h", persistentClient: false, values: { interval: "10m", enabled: false } };
  const object = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", metadata, spec };
  expect(canonicalSpec(helmReleaseKind, object)["spec"]).toEqual({ ...spec, interval: "1h0m0s" });
});
