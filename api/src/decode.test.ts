import type { KubeObject } from "@eddy/core/object";
import { describe, expect, test } from "vitest";
import { gitRepositoryKind, helmChartKind, kustomizationKind } from "./index.ts";

const metadata = { name: "app", namespace: "team" };

function kustomization(version: string, spec: object): KubeObject {
  return { apiVersion: `kustomize.toolkit.fluxcd.io/${version}`, kind: "Kustomization", metadata, spec };
}

describe("decode", () => {
  test("fills in what the API server would have", () => {
    const object = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: { verify: { secretRef: { name: "k" } } },
    };
    const decoded = gitRepositoryKind.decode(object);
    expect(decoded.spec.timeout).toBe("60s");
    expect(decoded.spec.verify?.mode).toBe("HEAD");
    expect(decoded.status).toEqual({ observedGeneration: -1 });
  });

  test("leaves its argument alone", () => {
    const object = kustomization("v1beta2", {
      patchesStrategicMerge: [{ kind: "A" }],
      sourceRef: { kind: "GitRepository", name: "g" },
    });
    const before = structuredClone(object);
    kustomizationKind.decode(object);
    expect(object).toEqual(before);
  });

  test.each([
    ["valuesFile alone", { valuesFile: "a.yaml" }, ["a.yaml"]],
    ["valuesFile before valuesFiles", { valuesFile: "a.yaml", valuesFiles: ["b.yaml"] }, ["a.yaml", "b.yaml"]],
    ["an empty valuesFile", { valuesFile: "", valuesFiles: ["b.yaml"] }, ["b.yaml"]],
    ["valuesFiles alone", { valuesFiles: ["b.yaml"] }, ["b.yaml"]],
  ])("the values files of an older HelmChart: %s", (_name, values, want) => {
    const spec = { chart: "c", interval: "1m", sourceRef: { kind: "HelmRepository", name: "r" }, ...values };
    const object = { apiVersion: "source.toolkit.fluxcd.io/v1beta2", kind: "HelmChart", metadata, spec };
    const decoded = helmChartKind.decode(object);
    expect(decoded.spec.valuesFiles).toEqual(want);
    expect(decoded.spec).not.toHaveProperty("valuesFile");
  });

  test("defaults reach into lists", () => {
    const from = [
      { kind: "Secret", name: "a" },
      { kind: "ConfigMap", name: "b", optional: true },
    ];
    const decoded = kustomizationKind.decode(kustomization("v1", { postBuild: { substituteFrom: from } }));
    expect(decoded.spec.postBuild?.substituteFrom?.map((entry) => entry.optional)).toEqual([false, true]);
  });

  const target = { kind: "Deployment", name: "web" };
  const upgrades = [
    { name: "no patches", version: "v1beta1", spec: {}, want: undefined },
    { name: "patches stay", version: "v1", spec: { patches: [{ patch: "a" }] }, want: [{ patch: "a" }] },
    {
      name: "a strategic merge, as an object and as text",
      version: "v1beta2",
      spec: { patchesStrategicMerge: [{ kind: "Deployment", metadata: { name: "web" } }, "kind: A"] },
      want: [{ patch: '{"kind":"Deployment","metadata":{"name":"web"}}' }, { patch: "kind: A" }],
    },
    {
      name: "JSON patches come last",
      version: "v1beta1",
      spec: {
        patches: [{ patch: "a" }],
        patchesJson6902: [{ target, patch: [{ op: "remove", path: "/spec" }] }],
        patchesStrategicMerge: ["b"],
      },
      want: [{ patch: "b" }, { patch: "a" }, { patch: '[{"op":"remove","path":"/spec"}]', target }],
    },
  ];
  for (const { name, version, spec, want } of upgrades) {
    test(`patches of older versions: ${name}`, () => {
      const decoded = kustomizationKind.decode(kustomization(version, spec));
      expect(decoded.apiVersion).toBe("kustomize.toolkit.fluxcd.io/v1");
      expect(decoded.spec.patches).toEqual(want);
      expect(decoded.spec).not.toHaveProperty("patchesStrategicMerge");
      expect(decoded.spec).not.toHaveProperty("patchesJson6902");
    });
  }

  test("a spec of the wrong type is left as it is", () => {
    const odd = { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", metadata, spec: [] };
    expect(kustomizationKind.decode(odd).spec).toEqual([]);
  });
});
