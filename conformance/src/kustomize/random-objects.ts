import type { Random } from "../random.ts";

/** Names that random objects share, so that they meet and refer to each other. */
export const names: readonly string[] = ["app", "web", "db", "cfg", "a-b", "x1"];
const namespaces: readonly string[] = ["default", "prod", "dev"];
export const images: readonly string[] = [
  "nginx",
  "nginx:1.25",
  "registry:5000/team/app:v1",
  "docker.io/library/redis@sha256:abcdef",
  "busybox:1.36@sha256:0123",
];

/** Scalars whose types and quotes YAML readers disagree about. */
const scalars: readonly string[] = [
  "text",
  '"quoted"',
  "'single'",
  "123",
  '"123"',
  "1.0",
  "1e3",
  "0755",
  "0o17",
  "0x1F",
  "true",
  "yes",
  "on",
  "n",
  "~",
  "null",
  "''",
  "2001-01-01",
  '"a: b"',
  "-1",
  "1_000",
  "12345678",
  "9007199254740993",
  "=",
  "a#b",
  "'#c'",
  "é",
  '"\\u00e9\\t"',
  ".5",
  "+1",
  "0.10",
];
const blocks: readonly string[] = [
  "|\n  line one\n  line two",
  "|-\n  a: b\n  c: d",
  ">-\n  folded\n  text",
  "|+\n  keep\n\n",
  ">\n  one\n   two\n  three",
];

/** A random scalar or block, indented for a field at this depth. */
export function randomScalar(random: Random, indent: number): string {
  if (!random.chance(0.15)) return random.pick(scalars);
  return random.pick(blocks).replaceAll("\n", `\n${" ".repeat(indent)}`);
}

function pairs(random: Random, indent: number, values: () => string): string {
  const pad = " ".repeat(indent);
  const keys = random
    .shuffle(["app", "tier", "example.com/team", "x", "zone10", "zone9"])
    .slice(0, random.below(3) + 1);
  return keys.map((key) => `${pad}${key}: ${values()}\n`).join("");
}

function metadata(random: Random, name: string, namespaced: boolean): string {
  const namespace =
    namespaced && random.chance(random.chance(0.3) ? 0.5 : 0.05) ? `  namespace: ${random.pick(namespaces)}\n` : "";
  const labels = random.chance(0.5)
    ? `  labels:\n${pairs(random, 4, () => random.pick(["web", '"1"', "v2", "'q'"]))}`
    : "";
  const annotations = random.chance(0.3)
    ? `  annotations:\n${pairs(random, 4, () => random.pick(["note", '"true"', "'5'", "some text"]))}`
    : "";
  const odd = random.chance(0.05) ? `  creationTimestamp: ${random.pick(["null", "2001-01-01T00:00:00Z", ""])}\n` : "";
  const local = random.chance(0.03) ? `  annotations: {config.kubernetes.io/local-config: "true"}\n` : annotations;
  return `metadata:\n  name: ${name}\n${namespace}${labels}${local}${odd}`;
}

function container(random: Random, name: string): string {
  const parts = [`- name: ${name}\n  image: ${random.pick(images)}\n`];
  if (random.chance(0.5)) {
    const ref = random.pick(["configMapKeyRef", "secretKeyRef"]);
    parts.push(`  env:\n  - name: PLAIN\n    value: ${random.pick(['"1"', "text", '"$(VAR)"', "$(VAR)-x"])}\n`);
    if (random.chance(0.6))
      parts.push(`  - name: FROM\n    valueFrom:\n      ${ref}: {name: ${random.pick(names)}, key: k}\n`);
  }
  if (random.chance(0.3))
    parts.push(
      `  envFrom:\n  - configMapRef:\n      name: ${random.pick(names)}\n  - secretRef: {name: ${random.pick(names)}}\n`,
    );
  if (random.chance(0.4)) {
    parts.push("  ports:\n");
    for (const port of random.shuffle([80, 8080, 53]).slice(0, random.below(2) + 1)) {
      parts.push(
        `  - containerPort: ${port}\n${random.chance(0.5) ? `    protocol: ${random.pick(["TCP", "UDP"])}\n` : ""}`,
      );
    }
  }
  if (random.chance(0.3)) parts.push(`  args: [--flag, "${random.pick(["$(VAR)", "x"])}"]\n`);
  if (random.chance(0.3)) parts.push(`  volumeMounts:\n  - {name: vol, mountPath: /data}\n`);
  return parts.join("");
}

function podSpec(random: Random, indent: number): string {
  const lines = ["containers:\n", container(random, "main")];
  if (random.chance(0.3)) lines.push(container(random, "side"));
  if (random.chance(0.2)) lines.push("initContainers:\n", container(random, "init"));
  if (random.chance(0.4)) lines.push(`serviceAccountName: ${random.pick(names)}\n`);
  if (random.chance(0.4)) {
    lines.push(
      `volumes:\n- name: vol\n  ${random.pick([`configMap: {name: ${random.pick(names)}}`, "emptyDir: {}", `secret: {secretName: ${random.pick(names)}}`, `persistentVolumeClaim: {claimName: ${random.pick(names)}}`])}\n`,
    );
  }
  if (random.chance(0.2)) lines.push(`imagePullSecrets:\n- name: ${random.pick(names)}\n`);
  if (random.chance(0.15))
    lines.push(
      `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: web}}, topologyKey: zone}]}}\n`,
    );
  if (random.chance(0.15))
    lines.push(
      `topologySpreadConstraints:\n- {topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}\n`,
    );
  return indented(lines.join(""), indent);
}

function indented(text: string, indent: number): string {
  const pad = " ".repeat(indent);
  return text.replace(/^(?=.)/gm, pad);
}

function template(random: Random, indent: number): string {
  const labels = random.chance(0.7) ? "  metadata:\n    labels:\n      app: web\n" : "";
  return indented(`template:\n${labels}  spec:\n${podSpec(random, 4)}`, indent);
}

function workload(random: Random, apiVersion: string, kind: string): string {
  const selector = random.chance(0.6) ? "  selector:\n    matchLabels:\n      app: web\n" : "";
  const extra = kind === "StatefulSet" ? `  serviceName: ${random.pick(names)}\n` : "";
  const replicas = random.chance(0.5) ? `  replicas: ${random.pick(["1", "3", "null"])}\n` : "";
  return `apiVersion: ${apiVersion}\nkind: ${kind}\n${metadata(random, random.pick(names), true)}spec:\n${replicas}${extra}${selector}${template(random, 2)}`;
}

function binding(random: Random, kind: string): string {
  const role = kind === "RoleBinding" ? random.pick(["Role", "ClusterRole"]) : "ClusterRole";
  const subjects = random
    .shuffle(["default", ...names])
    .slice(0, 2)
    .map((name) => {
      return `- kind: ServiceAccount\n  name: ${name}\n${random.chance(0.5) ? `  namespace: ${random.pick(namespaces)}\n` : ""}`;
    });
  return (
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\n${metadata(random, random.pick(names), kind === "RoleBinding")}` +
    `roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ${role}\n  name: ${random.pick(names)}\nsubjects:\n${subjects.join("")}`
  );
}

function data(random: Random, kind: string): string {
  const rows = ["k", "other.txt", "n"]
    .slice(0, random.below(3) + 1)
    .map((key) => `  ${key}: ${randomScalar(random, 2)}\n`);
  const field = kind === "Secret" && random.chance(0.5) ? "stringData" : "data";
  return `apiVersion: v1\nkind: ${kind}\n${metadata(random, random.pick(names), true)}${field}:\n${rows.join("")}`;
}

function custom(random: Random): string {
  const value = (): string => randomScalar(random, 2);
  return (
    `apiVersion: example.com/v1\nkind: Widget\n${metadata(random, random.pick(names), true)}spec:\n  size: ${value()}\n  mode: ${value()}\n` +
    `  list:\n  - name: a\n    value: 1\n  - name: b\n    value: ${random.pick(scalars)}\n  nested: {deep: {x: ${random.pick(["1", "text", '"q"'])}, y: [1, 2]}}\n  empty: {}\n  none: ${random.pick(["", "null", "~"])}\n`
  );
}

const makers: readonly ((random: Random) => string)[] = [
  (random) => workload(random, "apps/v1", "Deployment"),
  (random) => workload(random, "apps/v1", "Deployment"),
  (random) => workload(random, "apps/v1", "StatefulSet"),
  (random) => workload(random, "apps/v1", "DaemonSet"),
  (random) => workload(random, "batch/v1", "Job"),
  (random) =>
    `apiVersion: batch/v1\nkind: CronJob\n${metadata(random, random.pick(names), true)}spec:\n  schedule: "* * * * *"\n  jobTemplate:\n    spec:\n${template(random, 6)}`,
  (random) => `apiVersion: v1\nkind: Pod\n${metadata(random, random.pick(names), true)}spec:\n${podSpec(random, 2)}`,
  (random) =>
    `apiVersion: v1\nkind: Service\n${metadata(random, random.pick(names), true)}spec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n    targetPort: ${random.pick(["8080", "http", '"8080"'])}\n${random.chance(0.4) ? "    protocol: TCP\n  - {port: 53, protocol: UDP, name: dns}\n" : ""}`,
  (random) => data(random, "ConfigMap"),
  (random) => data(random, "ConfigMap"),
  (random) => data(random, "Secret"),
  (random) => `apiVersion: v1\nkind: ServiceAccount\n${metadata(random, random.pick([...names, "default"]), true)}`,
  (random) => `apiVersion: v1\nkind: Namespace\n${metadata(random, random.pick(["prod", "dev", "app"]), false)}`,
  (random) =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${random.pick(["Role", "ClusterRole"])}\n${metadata(random, random.pick(names), false)}rules:\n- apiGroups: [""]\n  resources: [configmaps]\n  resourceNames: [${random.pick(names)}, other]\n  verbs: [get]\n`,
  (random) => binding(random, "RoleBinding"),
  (random) => binding(random, "ClusterRoleBinding"),
  (random) =>
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${metadata(random, random.pick(names), true)}spec:\n  tls:\n  - secretName: ${random.pick(names)}\n  rules:\n  - http:\n      paths:\n      - path: /\n        backend: {service: {name: ${random.pick(names)}, port: {number: 80}}}\n`,
  (random) =>
    `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n${metadata(random, random.pick(names), true)}spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: ${random.pick(["Deployment", "StatefulSet"])}\n    name: ${random.pick(names)}\n`,
  (random) =>
    `apiVersion: policy/v1\nkind: PodDisruptionBudget\n${metadata(random, random.pick(names), true)}spec:\n  selector: {matchLabels: {app: web}}\n`,
  (random) =>
    `apiVersion: v1\nkind: PersistentVolumeClaim\n${metadata(random, random.pick(names), true)}spec:\n  storageClassName: ${random.pick(names)}\n`,
  (random) =>
    `apiVersion: storage.k8s.io/v1\nkind: StorageClass\n${metadata(random, random.pick(names), false)}parameters: {secretName: ${random.pick(names)}}\n`,
  (random) =>
    `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n${metadata(random, random.pick(names), false)}webhooks:\n- name: one\n  clientConfig:\n    service:\n      name: ${random.pick(names)}\n      namespace: ${random.pick(namespaces)}\n`,
  (random) =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n${metadata(random, "widgets.example.com", false)}spec:\n  group: example.com\n`,
  (random) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${metadata(random, random.pick(names), true)}spec:\n  podSelector:\n    matchLabels: {app: web}\n  ingress: [{from: [{podSelector: {matchLabels: {x: y}}}]}]\n`,
  custom,
  custom,
  (random) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${random.pick(names)}\nbase: &base {one: 1, two: "2"}\ndata:\n  <<: *base\n  two: three\ncopy: *base\n`,
];

/** An object that a random tree holds, for patches and sources to name. */
export interface KnownObject {
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string;
}

function knownFrom(text: string): KnownObject {
  const value = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";
  return {
    apiVersion: value(/^apiVersion: (.*)$/m),
    kind: value(/^kind: (.*)$/m),
    name: value(/^ {2}name: (.*)$/m),
    namespace: value(/^ {2}namespace: (.*)$/m),
  };
}

/** A file of some random objects, which are added to the known ones; seldom one comes twice. */
export function randomObjects(random: Random, most: number, known: KnownObject[]): string {
  const objects: string[] = [];
  for (let left = random.below(most) + 1; left > 0; left--) {
    const text = random.pick(makers)(random);
    const object = knownFrom(text);
    const exists = known.some(({ kind, name }) => kind === object.kind && name === object.name);
    if (exists && !random.chance(0.01)) continue;
    known.push(object);
    objects.push(text);
  }
  if (objects.length === 0) return randomObjects(random, most + 3, known);
  if (random.chance(0.05))
    return `apiVersion: v1\nkind: List\nitems:\n${objects.map((text) => `- ${indented(text, 2).trimStart()}`).join("")}`;
  return objects.map((text) => (random.chance(0.1) ? `# a comment\n${text}` : text)).join("---\n");
}
