import type { KubeObject } from "@eddy/core/object";
import { describe, expect, test } from "vitest";
import { createHelmRelease } from "./create-helm-release.ts";
import { helmChartSourceOf, helmReleaseKind } from "./helm-release.ts";

const metadata = { name: "web", namespace: "team" };

function release(version: string, spec: object): KubeObject {
  return { apiVersion: `helm.toolkit.fluxcd.io/${version}`, kind: "HelmRelease", metadata, spec };
}

describe("decode", () => {
  const sourceRef = { kind: "HelmRepository", name: "r" };

  test("fills in the chart's defaults", () => {
    const { spec, status } = helmReleaseKind.decode(release("v2", { chart: { spec: { chart: "web", sourceRef } } }));
    expect(spec.chart?.spec).toEqual({ chart: "web", sourceRef, version: "*", reconcileStrategy: "ChartVersion" });
    expect(status).toEqual({ observedGeneration: -1 });
  });

  test.each([
    ["before the values files", { valuesFile: "a.yaml", valuesFiles: ["b.yaml"] }, ["a.yaml", "b.yaml"]],
    ["alone", { valuesFile: "a.yaml" }, ["a.yaml"]],
    ["an empty one is none", { valuesFile: "" }, undefined],
  ])("the values file of older versions: %s", (_name, chart, want) => {
    const { spec, apiVersion } = helmReleaseKind.decode(
      release("v2beta1", { chart: { spec: { chart: "web", sourceRef, ...chart } } }),
    );
    expect(apiVersion).toBe("helm.toolkit.fluxcd.io/v2");
    expect(spec.chart?.spec.valuesFiles).toEqual(want);
    expect(spec.chart?.spec).not.toHaveProperty("valuesFile");
  });

  test("the patches of older post-renderers join the others, in the order in which they took effect", () => {
    const target = { kind: "Deployment", name: "web" };
    const { spec } = helmReleaseKind.decode(
      release("v2beta2", {
        postRenderers: [
          {
            kustomize: {
              patches: [{ patch: "a" }],
              patchesJson6902: [{ target, patch: [{ op: "remove", path: "/spec" }] }],
              patchesStrategicMerge: [{ kind: "Deployment" }],
              images: [{ name: "nginx", newTag: "2" }],
            },
          },
          {},
        ],
      }),
    );
    expect(spec.postRenderers).toEqual([
      {
        kustomize: {
          images: [{ name: "nginx", newTag: "2" }],
          patches: [
            { patch: '{"kind":"Deployment"}' },
            { patch: "a" },
            { patch: '[{"op":"remove","path":"/spec"}]', target },
          ],
        },
      },
      {},
    ]);
  });
});

describe("helmChartSourceOf()", () => {
  test.each([
    [{ chart: { spec: { sourceRef: { kind: "GitRepository", name: "g" } } } }, "HelmChart/team/team-web"],
    [{ chart: { spec: { sourceRef: { name: "g", namespace: "infra" } } } }, "HelmChart/infra/team-web"],
    [{ chartRef: { kind: "OCIRepository", name: "o" } }, "OCIRepository/team/o"],
    [{ chartRef: { kind: "HelmChart", name: "h", namespace: "infra" } }, "HelmChart/infra/h"],
  ])("%j is %s", (spec, want) => {
    const { kind, namespace, name } = helmChartSourceOf(release("v2", spec)) ?? {};
    expect(`${kind}/${namespace}/${name}`).toBe(want);
  });
});

describe("create", () => {
  const spec = (given: Record<string, string | boolean | string[] | object>): Record<string, unknown> =>
    createHelmRelease.spec(
      {
        text: (name) => (typeof given[name] === "string" ? given[name] : undefined),
        isSet: (name) => given[name] === true,
        list: (name) => (given[name] as string[] | undefined) ?? [],
        data: (name) => given[name] as never,
      },
      "1m0s",
    );

  test("a chart of a repository, with everything", () => {
    expect(
      spec({
        source: "helmrepository/podinfo.infra",
        chart: "podinfo",
        chartVersion: ">4",
        targetNamespace: "apps",
        createTargetNamespace: true,
        crds: "CreateReplace",
        values: { a: 1 },
        valuesFrom: ["secret/s", "ConfigMap/c/my.yaml"],
        dependsOn: ["redis", "infra/cert-manager"],
      }),
    ).toEqual({
      interval: "1m0s",
      chart: {
        spec: {
          chart: "podinfo",
          version: ">4",
          reconcileStrategy: "ChartVersion",
          sourceRef: { kind: "HelmRepository", name: "podinfo", namespace: "infra" },
        },
      },
      targetNamespace: "apps",
      storageNamespace: "apps",
      install: { createNamespace: true, crds: "Create" },
      upgrade: { crds: "CreateReplace" },
      values: { a: 1 },
      valuesFrom: [
        { kind: "Secret", name: "s" },
        { kind: "ConfigMap", name: "c", valuesKey: "my.yaml" },
      ],
      dependsOn: [{ name: "redis" }, { namespace: "infra", name: "cert-manager" }],
    });
  });

  test.each([
    [{}, "chart or chart-ref is required"],
    [{ chart: "a", chartRef: "HelmChart/b" }, "cannot use --chart in combination with --chart-ref"],
    [{ chart: "a" }, "no helm chart source given"],
    [{ chart: "a", source: "podinfo" }, "invalid helm chart source 'podinfo', must be in format <kind>/<name>"],
    [{ chart: "a", source: "OCIRepository/o" }, "source kind 'OCIRepository' is not supported"],
    [{ chartRef: "GitRepository/g" }, "chart reference kind 'GitRepository' is not supported"],
    [{ chartRef: "HelmChart/h", crds: "All" }, "unsupported upgrade CRDs policy 'All'"],
    [{ chartRef: "HelmChart/h", valuesFrom: ["x"] }, "invalid Kubernetes object reference 'x'"],
    [{ chart: "a", source: "Bucket/b", reconcileStrategy: "Never" }, "'Never' is an invalid reconcile strategy"],
  ])("%j is refused", (given, want) => {
    expect(() => spec(given as never)).toThrow(want);
  });
});
