import type { ObjectEvent, StoredObject } from "@eddy/control-plane";
import { formatTime } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { fnv32a } from "../frame/template-hash.ts";
import { claims, configMaps, pods, sameCollection, secrets } from "../frame/resources.ts";
import type { Pod } from "../frame/shapes.ts";
import { keyOf, modify, writeStatus, type Controller, type Pass, type World } from "../frame/world.ts";
import { needsOf, type Need } from "./pod-facts.ts";
import { podStatus, type Placement } from "./pod-status.ts";
import { determineStage, type Stage, type StageEffect, type StageView } from "./stages.ts";

const hostIP = "10.1.0.1";

/** Scheduler and kubelet: takes every Pod through its stages. */
export function kubelet(): Controller {
  /** When each Pod came into the stage it is in. */
  const entered = new Map<string, { stage: string; sinceMs: number }>();
  return {
    name: "kubelet",
    resource: pods,
    watches: [configMaps, secrets, claims],
    concerns: podsThatWait,
    reconcile(namespace, name, pass) {
      const pod = pass.access.get(pods, namespace, name) as Pod | undefined;
      if (!pod) return;
      const uid = pod.metadata.uid ?? "";
      const found = determineStage(pod, missingOf(pod, pass), pass.options.readyDelayMs);
      if (!found) return void entered.delete(uid);
      const restMs = restOfDelay(entered, uid, found, pass.clock.now());
      if (restMs > 0) return pass.again(restMs);
      if (found.stage.name === "remove") entered.delete(uid);
      act(found.stage.effect(found.view), pod, pass);
    },
  };
}

function restOfDelay(
  entered: Map<string, { stage: string; sinceMs: number }>,
  uid: string,
  { stage, view }: { stage: Stage; view: StageView },
  nowMs: number,
): number {
  const delayMs = stage.delayMs?.(view) ?? 0;
  // A crash is the same stage again and again: each restart begins a new wait.
  const id = `${stage.name} ${view.pod.status?.containerStatuses?.[0]?.restartCount ?? 0}`;
  const known = entered.get(uid);
  if (known?.stage !== id) entered.set(uid, { stage: id, sinceMs: nowMs });
  return (known?.stage === id ? known.sinceMs : nowMs) + delayMs - nowMs;
}

function act(effect: StageEffect, pod: Pod, pass: Pass): void {
  const { namespace = "", name, uid = "" } = pod.metadata;
  const now = formatTime(new Date(pass.clock.now()));
  switch (effect.name) {
    case "remove":
      pass.access.delete(pods, namespace, name, { gracePeriodSeconds: 0, uid });
      return;
    case "schedule":
      schedule(pod, pass, now);
      return;
    case "become":
      if (effect.event) tellOnce(pod, effect, pass);
      writeStatus(pass, pods, pod, podStatus(pod, effect.fate, placementOf(pod), now));
  }
}

/** Repeats of the same look at a waiting Pod are no new events. */
function tellOnce(pod: Pod, effect: Extract<StageEffect, { name: "become" }>, pass: Pass): void {
  const waiting = pod.status?.containerStatuses?.[0]?.state.waiting;
  const same =
    effect.fate.name === "waiting" && waiting?.reason === effect.fate.reason && waiting.message === effect.fate.message;
  if (effect.event && !same) pass.tell(pod, "kubelet", effect.event.type, effect.event.reason, effect.event.message);
}

function schedule(pod: Pod, pass: Pass, now: string): void {
  const node = pod.spec.nodeName ?? pass.options.nodes[0] ?? "node-1";
  let bound: StoredObject = pod;
  if (pod.spec.nodeName === undefined) {
    try {
      bound = modify<Pod>(pass, pods, pod, (copy) => void (copy.spec.nodeName = node));
      const { namespace, name } = pod.metadata;
      pass.tell(
        pod,
        "default-scheduler",
        "Normal",
        "Scheduled",
        `Successfully assigned ${namespace}/${name} to ${node}`,
      );
    } catch (error) {
      // A server that insists on the binding subresource: the Pod runs all the same, on no node.
      pass.log.log("debug", `bind ${keyOf(pod)}: ${messageOf(error)}`);
    }
  }
  const conditions = [{ type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now }];
  writeStatus(pass, pods, bound, { ...(bound as Pod).status, phase: "Pending", conditions });
}

/** From the uid: stable over restarts of this process. */
function placementOf({ metadata: { uid = "" }, status }: Pod): Placement {
  const hash = fnv32a(uid);
  return { hostIP, podIP: status?.podIP ?? `10.244.${(hash >>> 8) & 255}.${1 + (hash % 254)}` };
}

function missingOf(pod: Pod, { access }: World): StageView["missing"] {
  const namespace = pod.metadata.namespace ?? "";
  const needs = needsOf(pod);
  const find = ({ kind, name }: Need): StoredObject | undefined =>
    access.get(kind === "configmap" ? configMaps : secrets, namespace, name);
  for (const claim of needs.claims) {
    const found = access.get(claims, namespace, claim) as { status?: { phase?: string } } | undefined;
    if (found?.status?.phase !== "Bound")
      return {
        reason: "ContainerCreating",
        message: `persistentvolumeclaim "${claim}" ${found ? "is not bound" : "not found"}`,
      };
  }
  for (const need of needs.volumes) {
    if (!find(need))
      return {
        reason: "ContainerCreating",
        message: `MountVolume.SetUp failed for volume: ${need.kind} "${need.name}" not found`,
      };
  }
  for (const need of needs.environment) {
    const found = find(need);
    if (!found) return { reason: "CreateContainerConfigError", message: `${need.kind} "${need.name}" not found` };
    if (need.key !== undefined && !hasKey(found, need.key)) {
      const where = `${need.kind === "configmap" ? "ConfigMap" : "Secret"} ${namespace}/${need.name}`;
      return { reason: "CreateContainerConfigError", message: `couldn't find key ${need.key} in ${where}` };
    }
  }
  return undefined;
}

function hasKey(object: StoredObject, key: string): boolean {
  return [object["data"], object["binaryData"]].some(
    (data) => typeof data === "object" && data !== null && key in data,
  );
}

/** Pods of the namespace that are still waiting, when something appears that they may wait for. */
function* podsThatWait({ type, resource, object }: ObjectEvent, { access }: World): Iterable<string> {
  if (type === "DELETED" || (type === "MODIFIED" && !sameCollection(resource, claims) && !("data" in object))) return;
  for (const pod of access.list(pods, { namespace: object.metadata.namespace ?? "" }) as readonly Pod[]) {
    if (pod.status?.phase === "Pending" || pod.status?.phase === undefined) yield keyOf(pod);
  }
}
