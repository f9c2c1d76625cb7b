import { memoryTree } from "@eddy/core/tree";
import { buildKustomization } from "@eddy/kustomize";
import { describe, expect, it } from "vitest";
import { createKustomizeCharts } from "./kustomize-charts.ts";

const chart = {
  "app/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "app/charts/web/values.yaml": "text: default\nlist: [a, b]\nnested: {keep: 1, drop: 2}\n",
  "app/charts/web/templates/a.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  ns: {{ .Release.Namespace }}\n" +
    "  values: {{ .Values | toJson | quote }}\n  kube: {{ .Capabilities.KubeVersion.Version }}\n",
  "app/charts/web/templates/hook.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: test}\n",
  "app/extra.yaml": "text: extra\n",
};

function build(kustomization: string): string {
  const tree = memoryTree({ ...chart, "app/kustomization.yaml": kustomization });
  return buildKustomization(tree, "app", { helm: createKustomizeCharts({ now: () => 5_000 }) }).text();
}

describe("helmCharts of a kustomization", () => {
  it.each([
    ["a release's name", "{name: web, releaseName: r}", ["name: r\n", '"text":"default"']],
    ["a generated name", "{name: web}", ["name: web-5\n"]],
    ["a name by template", '{name: web, nameTemplate: "{{ upper `x` }}"}', ["name: X\n"]],
    [
      "inline values over the file's",
      "{name: web, releaseName: r, valuesInline: {text: inline, nested: {keep: 9}}}",
      ["inline", '"keep":9'],
    ],
    ["a version of Kubernetes", "{name: web, releaseName: r, kubeVersion: v1.29.1}", ["kube: v1.29.1"]],
    ["values files after each other", "{name: web, releaseName: r, additionalValuesFiles: [extra.yaml]}", ["extra"]],
    ["a namespace", "{name: web, releaseName: r, namespace: apps}", ["ns: apps"]],
  ])("%s", (_, entry, wanted) => {
    const text = build(`helmCharts:\n- ${entry}\n`);
    for (const part of wanted) expect(text).toContain(part);
  });

  it("leaves out tests when it is told to", () => {
    expect(build("helmCharts:\n- {name: web, releaseName: r, skipTests: true}\n")).not.toContain("name: hook");
    expect(build("helmCharts:\n- {name: web, releaseName: r}\n")).toContain("name: hook");
  });

  it.each([
    ["a chart that is not there", "{name: nope}", "no repo specified for pull, no chart found at"],
    ["a chart that would be pulled", "{name: nope, repo: 'https://charts.example.com'}", "none is pulled"],
    ["a flag for a name", "{name: web, releaseName: --post-renderer=x}", "releaseName must not start with '-'"],
    ["an unknown way to merge", "{name: web, valuesMerge: both}", "valuesMerge must be one of"],
    ["a values file elsewhere", "{name: web, valuesFile: ../../x.yaml}", "could not load values file"],
  ])("%s is refused", (_, entry, message) => {
    expect(() => build(`helmCharts:\n- ${entry}\n`)).toThrow(message);
  });
});
