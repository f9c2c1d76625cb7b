import type { KubeObject } from "@eddy/core/object";
import { namespace } from "./repository.ts";

/** Files of a small chart of six objects: five ConfigMaps and a ServiceAccount. */
export function smallChart(version: string): Record<string, string> {
  return {
    "Chart.yaml": `apiVersion: v2\nname: small\nversion: ${version}\nappVersion: "1"\n`,
    "values.yaml": "count: 5\ntext: default\nlabels: {}\n",
    "templates/_helpers.tpl": `{{- define "small.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
`,
    "templates/configmaps.yaml": `{{- range $index := until (int .Values.count) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $index }}
  labels:
    {{- include "small.labels" $ | nindent 4 }}
data:
  version: {{ $.Chart.Version | quote }}
  text: {{ repeat 200 "x" }}
{{- end }}
`,
    "templates/serviceaccount.yaml": `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "small.labels" . | nindent 4 }}
`,
  };
}

/** A HelmRepository `bench`. */
export function helmRepository(url: string): KubeObject {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name: "bench", namespace },
    spec: { url, interval: "1h" },
  };
}

/** A HelmRelease of the chart `small`. */
export function helmRelease(name: string): KubeObject {
  const sourceRef = { kind: "HelmRepository", name: "bench" };
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace },
    spec: { interval: "1h", chart: { spec: { chart: "small", version: "*", sourceRef } }, values: { text: name } },
  };
}

export const helmRepositoryKind = { group: "source.toolkit.fluxcd.io", kind: "HelmRepository" };
export const helmReleaseKind = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" };
