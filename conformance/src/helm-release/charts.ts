import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const config = (suffix: string, annotations: string = ""): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${suffix}
${annotations === "" ? "" : `  annotations: {${annotations}}\n`}data:
  text: {{ .Values.text | quote }}
  revision: {{ .Release.Revision | quote }}
`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels: { chart: {{ .Chart.Name }} }
spec:
  selector: { app: {{ .Release.Name }} }
  ports:
    {{- range .Values.ports }}
    - { name: {{ .name }}, port: {{ .port }} }
    {{- end }}
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
          env:
            - { name: TEXT, value: {{ .Values.text | quote }} }
`;

const values = `text: hello
image: example.org/app:1
replicas: 1
ports:
  - { name: http, port: 80 }
  - { name: admin, port: 8080 }
nested: { keep: true, list: [1, 2] }
`;

const job = (
  suffix: string,
  events: string,
  { weight = 0, policy = "", image = "ok" } = {},
): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${suffix}
  annotations:
    helm.sh/hook: ${events}
    helm.sh/hook-weight: "${weight}"
${policy === "" ? "" : `    helm.sh/hook-delete-policy: ${policy}\n`}spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: job, image: "example.org/job:{{ .Values.hookImage | default "${image}" }}" }]
`;

const testPod = (suffix: string, image: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-${suffix}
  annotations: { helm.sh/hook: test }
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  containers: [{ name: test, image: "example.org/test:${image}" }]
`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: NAMES.helm-release.example }
spec:
  group: helm-release.example
  names: { kind: KIND, plural: NAMES }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

const custom = `apiVersion: helm-release.example/v1
kind: KIND
metadata: { name: {{ .Release.Name }} }
spec: { text: {{ .Values.text | quote }}, list: [{ name: a }, { name: {{ .Values.text | quote }} }] }
`;

const base = {
  "values.yaml": values,
  "templates/config.yaml": config("config"),
  "templates/service.yaml": service,
  "templates/deployment.yaml": deployment,
  "templates/NOTES.txt": "Thanks for {{ .Release.Name }}, revision {{ .Release.Revision }}.\n",
};

const chartYaml = (name: string, version: string): string => `apiVersion: v2
name: ${name}
version: ${version}
appVersion: "7.${version}"
description: A chart for releases that go from hand to hand
home: https://example.org
keywords: [a, b]
maintainers: [{ name: Someone, email: someone@example.org }]
annotations: { b: "2", a: "<1>" }
`;

/** Charts by the word that sequences use for them. */
const charts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  web: { "Chart.yaml": chartYaml("web", "1.0.0"), ...base, "templates/gone.yaml": config("gone") },
  "web-2": {
    "Chart.yaml": chartYaml("web", "2.0.0"),
    ...base,
    "values.yaml": values.replace("hello", "second").replace("port: 8080", "port: 9090"),
    "templates/new.yaml": config("new", `"helm.sh/resource-policy": keep`),
    "README.md": "Second\n",
  },
  hooks: {
    "Chart.yaml": chartYaml("hooks", "1.0.0"),
    ...base,
    "templates/a.yaml": job("late", "pre-install,pre-upgrade", { weight: 5 }),
    "templates/b.yaml": job("early", "pre-install,pre-upgrade", { weight: -5, policy: "hook-succeeded" }),
    "templates/c.yaml": job("after", "post-install,post-upgrade,post-rollback", {
      policy: "before-hook-creation,hook-succeeded",
    }),
    "templates/d.yaml": job("delete", "pre-delete,post-delete", { policy: "hook-succeeded" }),
  },
  tests: {
    "Chart.yaml": chartYaml("tests", "1.0.0"),
    ...base,
    "templates/tests.yaml": [testPod("good", "ok"), testPod("bad", "crash")].join("---\n"),
  },
  crds: {
    "Chart.yaml": chartYaml("crds", "1.0.0"),
    ...base,
    "crds/definition.yaml": definition,
    "templates/custom.yaml": custom,
  },
  minimal: { "Chart.yaml": "apiVersion: v2\nname: minimal\nversion: 0.1.0\n" },
  parent: {
    "Chart.yaml": `${chartYaml("parent", "1.0.0")}dependencies:\n  - { name: child, version: 1.x.x, repository: "", condition: child.enabled, tags: [front] }\n`,
    "values.yaml": "text: top\nchild: { enabled: true, text: under }\nglobal: { zone: a }\n",
    "templates/config.yaml": config("top"),
    "charts/child/Chart.yaml": "apiVersion: v2\nname: child\nversion: 1.2.3\n",
    "charts/child/values.yaml": "text: child\n",
    "charts/child/templates/config.yaml": config("child"),
    "values.schema.json": '{"type":"object","properties":{"text":{"type":"string"}}}',
  },
};

/** Writes every chart below a folder; the kind of the definition has the suffix in its name, as definitions are the cluster's. */
export function writeCharts(folder: string, suffix: string): void {
  const kind = `Thing${suffix}`;
  for (const [chart, files] of Object.entries(charts)) {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, chart, name);
      mkdirSync(dirname(path), { recursive: true });
      const isCustom = chart === "crds" && (name.startsWith("crds/") || name.endsWith("custom.yaml"));
      const content = isCustom ? text.replaceAll("KIND", kind).replaceAll("NAMES", `${kind.toLowerCase()}s`) : text;
      writeFileSync(path, content);
    }
  }
}
