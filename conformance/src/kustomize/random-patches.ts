import type { Random } from "../random.ts";
import { type KnownObject, names, randomScalar } from "./random-objects.ts";

const podPatches: readonly string[] = [
  "containers:\n- name: main\n  image: patched:1\n",
  "containers:\n- name: main\n  env:\n  - {name: PLAIN, value: changed}\n  - {name: NEW, value: x}\n",
  "containers:\n- name: main\n  env:\n  - name: PLAIN\n    $patch: delete\n",
  "containers:\n- $patch: replace\n- name: only\n  image: only:1\n",
  "containers:\n- name: extra\n  image: extra:1\n- name: side\n  $patch: delete\n",
  "containers:\n- name: main\n  ports:\n  - containerPort: 80\n    name: http\n  - {containerPort: 9090, protocol: TCP}\n",
  "containers:\n- name: main\n  args: [replaced]\n  resources: {limits: {cpu: 1, memory: 1Gi}}\n",
  "volumes:\n- name: vol\n  emptyDir: null\n  configMap: {name: app}\n- name: more\n  emptyDir: {}\n",
  "volumes:\n- name: vol\n  $patch: delete\n",
  "affinity: null\nserviceAccountName: db\n",
  "$patch: merge\nhostNetwork: true\n",
  "containers: null\n",
  "tolerations:\n- key: a\n  operator: Exists\nnodeSelector: {disk: ssd, zone: null}\n",
  "initContainers: []\nimagePullSecrets:\n- name: web\n",
];

const dataPatches: readonly string[] = [
  "data:\n  k: patched\n",
  "data:\n  k: null\n  fresh: '1'\n",
  "data: null\n",
  "data:\n  $patch: replace\n  only: one\n",
  "$patch: delete\n",
];
const widgetPatches: readonly string[] = [
  "spec:\n  list:\n  - name: b\n    value: 9\n",
  "spec:\n  nested: {deep: {x: 2, y: null}}\n  mode: null\n",
  "spec:\n  nested:\n    $patch: replace\n    new: true\n",
  "spec:\n  extra: {a: null, b: {}, c: [], d: {e: null}}\n",
  "spec:\n  empty: {now: full}\n  none: {a: b}\n",
  "spec: null\n",
];
const servicePatches: readonly string[] = [
  "spec:\n  ports:\n  - port: 80\n    name: http\n",
  "spec:\n  ports:\n  - {port: 53, protocol: TCP, name: tcp}\n  type: LoadBalancer\n",
  "spec:\n  selector: null\n",
  "spec:\n  ports:\n  - port: 80\n    protocol: UDP\n    $patch: delete\n",
];

function indented(text: string, indent: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(indent));
}

function patchBody(random: Random, kind: string): string {
  if (kind === "ConfigMap" || kind === "Secret") return random.pick(dataPatches);
  if (kind === "Widget") return random.pick(widgetPatches);
  if (kind === "Service") return random.pick(servicePatches);
  if (random.chance(0.1))
    return random.pick([
      "$patch: delete\n",
      "spec: null\n",
      "spec:\n  replicas: 7\n",
      "spec:\n  $patch: replace\n  replicas: 1\n",
    ]);
  const pod = random.pick(podPatches);
  if (kind === "CronJob")
    return `spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n${indented(pod, 10)}`;
  return `spec:\n  template:\n    spec:\n${indented(pod, 6)}`;
}

function patchMetadata(random: Random, { name, namespace }: KnownObject): string {
  const parts = [`metadata:\n  name: ${name}\n`];
  if (namespace !== "") parts.push(`  namespace: ${namespace}\n`);
  else if (random.chance(0.04)) parts.push(`  namespace: ${random.pick(["prod", "default"])}\n`);
  if (random.chance(0.2))
    parts.push(
      `  labels: ${random.pick(["{app: patched}", "{tier: null, x: 5}", "null", "{}", "{$patch: replace, only: one}"])}\n`,
    );
  if (random.chance(0.15))
    parts.push(`  annotations: ${random.pick(["{note: patched}", "{note: null}", "{a: true}", "{}"])}\n`);
  return parts.join("");
}

/** Kinds that {@link randomMerge} has patches for. */
export const patchableKind: RegExp =
  /^(?:Deployment|StatefulSet|DaemonSet|Job|CronJob|ConfigMap|Secret|Service|Widget)$/;

/** A strategic merge patch for one of the known objects, seldom for another. */
export function randomMerge(random: Random, known: readonly KnownObject[]): string {
  const candidates = known.filter(({ kind }) => patchableKind.test(kind));
  const nobody = { apiVersion: "apps/v1", kind: "Deployment", name: random.pick(names), namespace: "" };
  const object = candidates.length === 0 || random.chance(0.02) ? nobody : random.pick(candidates);
  return `apiVersion: ${object.apiVersion}\nkind: ${object.kind}\n${patchMetadata(random, object)}${patchBody(random, object.kind)}`;
}

const paths: readonly string[] = [
  "/metadata/labels/app",
  "/metadata/labels",
  "/spec/added",
  "/metadata/annotations/new",
  "/metadata/annotations/note",
  "/spec/replicas",
  "/spec/template/spec/containers/0/image",
  "/spec/template/spec/containers/-",
  "/spec/template/spec/containers/1",
  "/spec/ports/0/port",
  "/data/k",
  "/data/other.txt",
  "/spec/list/0",
  "/spec/list/-1/value",
  "/spec/nested/deep/x",
  "/metadata/name",
  "/metadata/labels/example.com~1team",
];

/** A JSON patch in YAML. */
export function randomJsonPatch(random: Random): string {
  const count = random.below(2) + 1;
  return Array.from({ length: count }, () => {
    const op = random.pick([
      "add",
      "add",
      "add",
      "add",
      "add",
      "add",
      "replace",
      "replace",
      "remove",
      "test",
      "copy",
      "move",
    ]);
    const path = random.pick(paths);
    const from = op === "copy" || op === "move" ? `  from: ${random.pick(paths)}\n` : "";
    const value = ["add", "replace", "test"].includes(op) ? `  value: ${randomScalar(random, 2)}\n` : "";
    return `- op: ${op}\n  path: ${path}\n${from}${value}`;
  }).join("");
}

/** The target of a patch, as the fields of a mapping. */
export function randomTarget(random: Random): string {
  const fields: string[] = [];
  if (random.chance(0.8))
    fields.push(
      `kind: ${random.pick(["Deployment", "ConfigMap", "Widget", "Service", "Deployment|StatefulSet", ".*Set"])}`,
    );
  if (random.chance(0.4)) fields.push(`name: ${random.pick([...names, "a.*", "(app|web)", ".*"])}`);
  if (random.chance(0.1)) fields.push(`namespace: ${random.pick(["prod", "default", ".*"])}`);
  if (random.chance(0.1))
    fields.push(`labelSelector: "${random.pick(["app=web", "tier", "app!=web", "app in (web,patched)"])}"`);
  if (random.chance(0.1)) fields.push(`version: ${random.pick(["v1", "v.*"])}`);
  if (random.chance(0.1)) fields.push(`group: ${random.pick(["apps", "example.com"])}`);
  return fields.length === 0 ? "kind: Widget" : fields.join("\n");
}
