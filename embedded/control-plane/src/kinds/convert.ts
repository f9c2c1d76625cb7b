/**
 * Kinds that are served in more than one version, stored in one of them: HorizontalPodAutoscaler v1 and v2, Event of both groups. Custom kinds only change their apiVersion
 * (conversion None). Sources: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/events/v1/conversion.go.
 */
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

type Convert = (object: KubeObject) => Record<string, unknown>;

/** New name to old; a kind's other fields keep theirs. */
const eventNames: Readonly<Record<string, string>> = {
  regarding: "involvedObject",
  note: "message",
  reportingController: "reportingComponent",
  deprecatedSource: "source",
  deprecatedFirstTimestamp: "firstTimestamp",
  deprecatedLastTimestamp: "lastTimestamp",
  deprecatedCount: "count",
};
const coreEventNames = Object.fromEntries(Object.entries(eventNames).map(([name, core]) => [core, name]));

const renamed = (object: KubeObject, names: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [names[key] ?? key, value]));

/** The new group leaves out who did not report; the core group prints empty names. */
function toNewEvent(object: KubeObject): Record<string, unknown> {
  const event = renamed(object, coreEventNames);
  for (const name of ["reportingController", "reportingInstance"]) if (event[name] === "") delete event[name];
  return event;
}

const toCoreEvent = (object: KubeObject): Record<string, unknown> => ({
  reportingComponent: "",
  reportingInstance: "",
  ...renamed(object, eventNames),
});

const isCpuUtilization = (metric: unknown): metric is { resource: { target: { averageUtilization: number } } } => {
  if (!isObject(metric) || !isObject(metric["resource"]) || metric["resource"]["name"] !== "cpu") return false;
  const { target } = metric["resource"];
  return isObject(target) && typeof target["averageUtilization"] === "number";
};

function scalerToV2(object: KubeObject): Record<string, unknown> {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = (object["spec"] ?? {}) as JsonObject;
  const metrics = [
    {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percentage ?? 80 } },
    },
  ];
  const { currentCPUUtilizationPercentage: _current, ...status } = (object["status"] ?? {}) as JsonObject;
  if (status["currentReplicas"] === 0) delete status["currentReplicas"];
  return { ...object, spec: { ...spec, metrics }, status: { desiredReplicas: 0, currentMetrics: null, ...status } };
}

function scalerToV1(object: KubeObject): Record<string, unknown> {
  const { metrics, behavior: _behavior, ...spec } = (object["spec"] ?? {}) as JsonObject;
  const cpu = (Array.isArray(metrics) ? metrics : []).find(isCpuUtilization);
  const { currentMetrics: _metrics, conditions: _conditions, ...status } = (object["status"] ?? {}) as JsonObject;
  const target = cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization };
  return { ...object, spec: { ...spec, ...target }, status: { currentReplicas: 0, desiredReplicas: 0, ...status } };
}

const conversions: Readonly<Record<string, Convert>> = {
  "autoscaling/v1 autoscaling/v2": scalerToV2,
  "autoscaling/v2 autoscaling/v1": scalerToV1,
  "v1 events.k8s.io/v1": toNewEvent,
  "events.k8s.io/v1 v1": toCoreEvent,
};

/** The object in another version of its kind; itself when it is in that one already. */
export function convertObject(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object;
  const convert = conversions[`${object.apiVersion} ${apiVersion}`];
  return { ...(convert ? convert(object) : object), apiVersion } as KubeObject;
}
