import type { CustomHealthCheck } from "@eddy/kstatus";
import type { Json, JsonObject } from "@eddy/core/json";
import type { Random } from "../random.ts";

const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["apps/v1", "DaemonSet"],
  ["apps/v1", "ReplicaSet"],
  ["batch/v1", "Job"],
  ["batch/v1", "CronJob"],
  ["v1", "Pod"],
  ["v1", "Service"],
  ["v1", "PersistentVolumeClaim"],
  ["v1", "ConfigMap"],
  ["v1", "Namespace"],
  ["policy/v1", "PodDisruptionBudget"],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
  ["kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
  ["extensions/v1beta1", "Deployment"],
];
const conditionTypes =
  "Ready Available Progressing Reconciling Stalled Complete Failed Established NamesAccepted PodScheduled ReplicaFailure".split(
    " ",
  );
const reasons = ["ProgressDeadlineExceeded", "NewReplicaSetAvailable", "Installing", "Unschedulable", "Other"];
const counts =
  `replicas readyReplicas updatedReplicas availableReplicas currentReplicas fullyLabeledReplicas desiredNumberScheduled
  currentNumberScheduled updatedNumberScheduled numberAvailable numberReady succeeded active failed observedGeneration`.split(
    /\s+/,
  );

function some(random: Random, names: readonly string[], valueOf: () => Json, probability: number): JsonObject {
  return Object.fromEntries(names.filter(() => random.chance(probability)).map((name) => [name, valueOf()]));
}

function randomConditions(random: Random): Json[] {
  return Array.from({ length: random.below(4) }, () => ({
    type: random.pick(conditionTypes),
    status: random.pick(["True", "False", "Unknown"]),
    reason: random.pick(reasons),
    message: random.pick(["", "because"]),
  }));
}

/** An object of a kind that has rules of its own, or of none, with random status. */
export function randomStatusObject(random: Random): JsonObject {
  const [apiVersion, kind] = random.pick(kinds);
  // Mostly equal counts, so that the later rules are reached too.
  const usual = random.below(3);
  const count = (): number => (random.chance(0.85) ? usual : random.below(4));
  const status: JsonObject = some(random, counts, count, random.pick([0.5, 1, 1]));
  if (random.chance(0.7)) status.conditions = randomConditions(random);
  if (random.chance(0.5)) status.phase = random.pick(["Bound", "Pending", "Running", "Succeeded", "Failed", "Odd"]);
  if (random.chance(0.5)) status.startTime = "2026-01-01T00:00:00Z";
  if (random.chance(0.3)) status.currentRevision = random.pick(["r1", "r2"]);
  if (random.chance(0.3)) status.updateRevision = random.pick(["r1", "r2"]);
  if (random.chance(0.4)) status.containerStatuses = randomContainers(random);
  const metadata: JsonObject = { name: "n", ...some(random, ["generation"], count, 0.8) };
  if (random.chance(0.05)) metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  if (random.chance(0.5)) metadata.creationTimestamp = random.pick(["2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]);
  return { apiVersion, kind, metadata, spec: randomSpec(random, count), ...(random.chance(0.95) ? { status } : {}) };
}

function randomContainers(random: Random): Json[] {
  return Array.from({ length: random.below(3) }, (_item, index) => ({
    name: `c${index}`,
    state: random.pick<Json>([
      { waiting: { reason: "CrashLoopBackOff" } },
      { waiting: { reason: "Other" } },
      { running: {} },
    ]),
  }));
}

function randomSpec(random: Random, count: () => number): JsonObject {
  const spec: JsonObject = some(random, ["replicas", "parallelism", "completions"], count, 0.6);
  if (random.chance(0.4)) spec.progressDeadlineSeconds = random.pick([600, 2_147_483_647]);
  if (random.chance(0.3))
    spec.updateStrategy = random.pick<Json>([{ type: "OnDelete" }, { rollingUpdate: { partition: count() } }]);
  if (random.chance(0.2)) spec.suspend = random.chance(0.5);
  if (random.chance(0.4)) spec.type = random.pick(["LoadBalancer", "ClusterIP"]);
  if (random.chance(0.4)) spec.clusterIP = random.pick(["", "10.0.0.1"]);
  return spec;
}

const expressions: readonly string[] = [
  "status.phase == 'Running'",
  "has(status.phase) && status.phase in ['Running', 'Bound']",
  "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
  "status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True' && e.message == '')",
  "has(status.conditions) && status.conditions.exists_one(c, c.type == 'Ready')",
  "status.observedGeneration == metadata.generation",
  "status.?phase.orValue('none') == 'none'",
  "spec.replicas > 1.5",
  "has(spec.replicas) ? spec.replicas >= 1 : false",
  "status.replicas / spec.replicas == 1",
  "status.phase.startsWith('R') || status.replicas > 0",
  "status.phase.matches('^(Run|Suc)') && kind != 'Pod'",
  "size(status.conditions) > 2",
  "sets.contains(['Running', 'Bound'], [status.phase])",
  "status.phase.lowerAscii().replace('n', 'm') == 'rummimg'",
  "'%s-%d'.format([kind, metadata.generation]) == 'Pod-1'",
  "status.conditions.map(c, c.type).join(',').contains('Ready')",
  "nothing.here",
  "status.phase",
  "1 +",
  "timestamp(status.startTime) < timestamp('2026-06-01T00:00:00Z')",
  "base64.decode('aGk=') == b'hi'",
];

/** Random health checks: right, failing and broken ones. */
export function randomChecks(random: Random): CustomHealthCheck {
  const checks: CustomHealthCheck = { current: random.chance(0.95) ? random.pick(expressions) : "" };
  if (random.chance(0.4)) checks.failed = random.pick(expressions);
  if (random.chance(0.4)) checks.inProgress = random.pick(expressions);
  return checks;
}
