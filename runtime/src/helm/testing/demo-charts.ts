import type { Chart, Values } from "@eddy/helm";
import { chartOf } from "./template-renderer.ts";

const configMap = (suffix: string, data: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{name}}-${suffix}"
data:
  ${data}
`;

/** A ConfigMap, a Service, a Deployment of one image, and notes. */
export function demoChart({
  version = "1.0.0",
  extra = {},
}: { version?: string; extra?: Record<string, string> } = {}): Chart {
  const values: Values = { text: "hello", image: "example.org/app:1", replicas: 1 };
  return chartOf(
    {
      "templates/config.yaml": configMap("config", `text: "{{values.text}}"`),
      "templates/service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: "{{name}}"
spec:
  selector: { app: "{{name}}" }
  ports: [{ name: http, port: 80 }]
`,
      "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: "{{name}}"
spec:
  replicas: {{values.replicas}}
  selector: { matchLabels: { app: "{{name}}" } }
  template:
    metadata: { labels: { app: "{{name}}" } }
    spec: { containers: [{ name: app, image: "{{values.image}}" }] }
`,
      "templates/NOTES.txt": "Thanks for {{name}}\n",
      ...extra,
    },
    { version, values },
  );
}

/** A template with a Job that is a hook. */
export function hookJob(
  suffix: string,
  events: string,
  { weight = 0, policy = "", image = "example.org/job:1" }: { weight?: number; policy?: string; image?: string } = {},
): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: "{{name}}-${suffix}"
  annotations:
    helm.sh/hook: "${events}"
    helm.sh/hook-weight: "${weight}"
    helm.sh/hook-delete-policy: "${policy}"
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: job, image: "${image}" }]
`;
}

/** A template with a Pod that is a test. */
export function testPod(suffix: string, image: string = "example.org/test:1"): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: "{{name}}-${suffix}"
  annotations: { helm.sh/hook: test }
spec:
  restartPolicy: Never
  containers: [{ name: test, image: "${image}" }]
`;
}

/** A template with one more ConfigMap. */
export function extraConfig(suffix: string, annotations: string = "{}"): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{name}}-${suffix}"
  annotations: ${annotations}
data: { a: "{{values.text}}" }
`;
}
