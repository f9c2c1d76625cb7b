import { setCondition, type Condition } from "@eddy/core/conditions";
import { parseApiVersion, type KubeObject } from "@eddy/core/object";
import type { GroupVersionResource } from "@eddy/control-plane";
import { autoscalers, deployments, replicaSets, statefulSets } from "../frame/resources.ts";
import { isDeleted, keyOf, modify, writeStatus, type Controller } from "../frame/world.ts";

/** A HorizontalPodAutoscaler. */
export interface Autoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
  };
  status?: { conditions?: Condition[]; currentReplicas?: number; desiredReplicas?: number };
}

const targets: Readonly<Record<string, GroupVersionResource>> = {
  "apps/Deployment": deployments,
  "apps/StatefulSet": statefulSets,
  "apps/ReplicaSet": replicaSets,
};
const noMetrics =
  "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";

/** Keeps a scale target within its bounds. There are no metrics, and the status says so, as in a cluster without them. */
export const autoscalerController: Controller = {
  name: "horizontal-pod-autoscaler",
  resource: autoscalers,
  watches: [deployments, statefulSets, replicaSets],
  *concerns({ object }, { access }) {
    for (const autoscaler of access.list(autoscalers, {
      namespace: object.metadata.namespace ?? "",
    }) as readonly Autoscaler[]) {
      const { kind, name } = autoscaler.spec.scaleTargetRef;
      if (kind === object.kind && name === object.metadata.name) yield keyOf(autoscaler);
    }
  },
  reconcile(namespace, name, pass) {
    const autoscaler = pass.access.get(autoscalers, namespace, name) as Autoscaler | undefined;
    if (!autoscaler || isDeleted(autoscaler)) return;
    const { apiVersion = "apps/v1", kind, name: targetName } = autoscaler.spec.scaleTargetRef;
    const resource = targets[`${parseApiVersion(apiVersion).group}/${kind}`];
    const target = resource && pass.access.get(resource, namespace, targetName);
    const replicas = target && ((target["spec"] as { replicas?: number }).replicas ?? 1);
    const wanted =
      replicas === undefined || replicas === 0
        ? replicas
        : Math.min(autoscaler.spec.maxReplicas, Math.max(autoscaler.spec.minReplicas ?? 1, replicas));
    if (resource && target && wanted !== replicas)
      modify<KubeObject & { spec: { replicas?: number } }>(
        pass,
        resource,
        target,
        (copy) => void (copy.spec.replicas = wanted as number),
      );
    writeStatus(pass, autoscalers, autoscaler, autoscalerStatus(autoscaler, wanted, pass.clock.now()));
  },
};

/** The status without metrics; `replicas` is undefined when the target does not exist. */
export function autoscalerStatus(autoscaler: Autoscaler, replicas: number | undefined, nowMs: number): object {
  const at = { now: new Date(nowMs) };
  const previous = autoscaler.status?.conditions ?? [];
  const { kind, name } = autoscaler.spec.scaleTargetRef;
  if (replicas === undefined) {
    const message = `the HPA controller was unable to get the target's current scale: ${kind.toLowerCase()}s.apps "${name}" not found`;
    return {
      currentReplicas: 0,
      desiredReplicas: 0,
      conditions: setCondition(
        previous,
        { type: "AbleToScale", status: "False", reason: "FailedGetScale", message },
        at,
      ),
    };
  }
  const able = {
    type: "AbleToScale",
    status: "True",
    reason: "SucceededGetScale",
    message: "the HPA controller was able to get the target's current scale",
  } as const;
  const active =
    replicas === 0
      ? ({
          type: "ScalingActive",
          status: "False",
          reason: "ScalingDisabled",
          message: "scaling is disabled since the replica count of the target is zero",
        } as const)
      : ({ type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric", message: noMetrics } as const);
  return {
    currentReplicas: replicas,
    desiredReplicas: replicas,
    conditions: setCondition(setCondition(previous, able, at), active, at),
  };
}
