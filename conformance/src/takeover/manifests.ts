/** Objects of every sort that appliers trip over: defaults, quantities, ports without protocol, encoded text, names with colons. */
export function manifests(namespace: string): Record<string, string> {
  const of = (apiVersion: string, kind: string, name: string, rest: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: "${name}", namespace: ${namespace} }\n${rest}\n`;
  const containers = `[{ name: c, image: nginx, ports: [{ containerPort: 80 }], resources: { limits: { cpu: 1000m, memory: 1024Mi } } }]`;
  const job = `{ spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } } } }`;
  return {
    "config-map.yaml": of("v1", "ConfigMap", "a", `data: { key: "1" }`),
    "variables.yaml": of(
      "v1",
      "ConfigMap",
      "variables",
      `data: { greeting: "a \${color} one", quoted: '"\${number}"', lines: "a \${color}\\nb\\n", none: "\${nothing:=x}" }`,
    ),
    "secret.yaml": of("v1", "Secret", "a", `stringData: { password: hunter22 }`),
    "service-account.yaml": of("v1", "ServiceAccount", "a", ""),
    "service.yaml": of("v1", "Service", "a", `spec: { selector: { app: a }, ports: [{ port: 80 }] }`),
    "deployment.yaml": of(
      "apps/v1",
      "Deployment",
      "a",
      `spec: { replicas: 2, selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: { containers: ${containers} } } }`,
    ),
    "cron-job.yaml": of("batch/v1", "CronJob", "a", `spec: { schedule: "0 0 * * *", jobTemplate: ${job} }`),
    "autoscaler.yaml": of(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      "a",
      `spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: a }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }] }`,
    ),
    "ingress.yaml": of(
      "networking.k8s.io/v1",
      "Ingress",
      "a",
      `spec: { rules: [{ host: a.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: a, port: { number: 80 } } } }] } }] }`,
    ),
    "role.yaml": of(
      "rbac.authorization.k8s.io/v1",
      "Role",
      "a:b",
      `rules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]`,
    ),
  };
}

/** Artifacts that cannot be applied, by name; both controllers must say the same of them. */
export function brokenManifests(namespace: string): Record<string, Record<string, string>> {
  const configMap = (name: string, rest: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\n${rest}\n`;
  return {
    "an unknown kind": {
      "a.yaml": `apiVersion: example.org/v1\nkind: Nobody\nmetadata: { name: a, namespace: ${namespace} }\n`,
    },
    "an invalid object": {
      "a.yaml": configMap("good", "data: {}"),
      "b.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: bad, namespace: ${namespace} }\nspec: { ports: [{ port: 123456 }] }\n`,
    },
    "a namespace that is not there": {
      "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: nowhere }\n",
    },
    // With text that is base64 Flux does not notice, and applies the ciphertext; ours refuses that too.
    "an encrypted Secret": {
      "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: ${namespace} }\ndata: { a: 'ENC[AES256_GCM,data:x]' }\nsops: { mac: x }\n`,
    },
    "a file that is no YAML": { "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n" },
    "a duplicate key": {
      "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  a: "1"\n  a: "2"\n`,
    },
    "an object twice": { "a.yaml": configMap("a", "data: {}"), "b.yaml": configMap("a", "data: {}") },
    "an object without a name": { "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { labels: { a: b } }\n" },
    "a resource that is not there": { "kustomization.yaml": "resources: [gone.yaml]\n" },
    "no namespace": { "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" },
    "a field of the wrong type": { "a.yaml": configMap("a", "data: [1]") },
  };
}

/** Broken ones of which Eddy says another thing, and why. */
export const otherWords: Readonly<Record<string, string>> = {
  "a duplicate key": "the file is named in place of a Go value",
  "an object twice": "what was tried after the reason is not told",
  "an object without a name": "no Go value is printed",
  "a resource that is not there": "file and line are named, and the reason once",
};
