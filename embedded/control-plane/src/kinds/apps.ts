/** Deployment, ReplicaSet, StatefulSet, DaemonSet. Sources: pkg/apis/apps/v1/defaults.go, pkg/registry/apps. */
import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { forbiddenField, invalidValue, notSupported, type FieldError } from "../status-error.ts";
import { defaultTemplate } from "./pod-defaults.ts";
import { nonNegative, selectorErrors, templateErrors } from "./pod-validation.ts";
import type { KindStrategy } from "./strategy.ts";

/** The spec of an object, for changing in place. */
export function specOf(object: KubeObject): JsonObject {
  if (!isObject(object["spec"])) object["spec"] = {};
  return object["spec"] as JsonObject;
}

/** An error when a field of the spec changed. */
export function immutable(object: KubeObject, live: KubeObject, ...fields: string[]): FieldError[] {
  const [next, previous] = [object["spec"] as JsonObject | undefined, live["spec"] as JsonObject | undefined];
  return fields.flatMap((field) =>
    deepEqual(next?.[field], previous?.[field])
      ? []
      : [invalidValue(`spec.${field}`, next?.[field] ?? null, "field is immutable")],
  );
}

const workloadErrors = (object: KubeObject): FieldError[] => {
  const spec = specOf(object);
  return [
    ...selectorErrors(spec),
    ...templateErrors(spec, { always: true }),
    ...nonNegative(spec, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"),
  ];
};

export const deployment: KindStrategy = {
  generation: true,
  annotationsCount: true,
  applyDefaults(object) {
    const spec = specOf(object);
    spec["replicas"] ??= 1;
    const strategy = isObject(spec["strategy"]) ? spec["strategy"] : (spec["strategy"] = {});
    strategy["type"] ??= "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      const rolling = (strategy["rollingUpdate"] ??= {}) as JsonObject;
      rolling["maxUnavailable"] ??= "25%";
      rolling["maxSurge"] ??= "25%";
    }
    spec["revisionHistoryLimit"] ??= 10;
    spec["progressDeadlineSeconds"] ??= 600;
    defaultTemplate(spec["template"]);
  },
  validate: (object) => [...workloadErrors(object), ...strategyErrors(specOf(object))],
  validateUpdate: (object, live) => immutable(object, live, "selector"),
};

function strategyErrors(spec: JsonObject): FieldError[] {
  const strategy = isObject(spec["strategy"]) ? spec["strategy"] : {};
  const { type, rollingUpdate } = strategy;
  if (type === "Recreate") {
    return rollingUpdate === undefined
      ? []
      : [forbiddenField("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")];
  }
  return type === "RollingUpdate"
    ? []
    : [notSupported("spec.strategy.type", type ?? "", ["Recreate", "RollingUpdate"])];
}

export const replicaSet: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const spec = specOf(object);
    spec["replicas"] ??= 1;
    defaultTemplate(spec["template"]);
  },
  validate: workloadErrors,
  validateUpdate: (object, live) => immutable(object, live, "selector"),
};

const statefulSetMutable = new Set([
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
]);

export const statefulSet: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const spec = specOf(object);
    spec["replicas"] ??= 1;
    if (!spec["podManagementPolicy"]) spec["podManagementPolicy"] = "OrderedReady";
    const strategy = isObject(spec["updateStrategy"]) ? spec["updateStrategy"] : (spec["updateStrategy"] = {});
    strategy["type"] ??= "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      const rolling = (strategy["rollingUpdate"] ??= {}) as JsonObject;
      rolling["partition"] ??= 0;
    }
    spec["revisionHistoryLimit"] ??= 10;
    const retention = (spec["persistentVolumeClaimRetentionPolicy"] ??= {}) as JsonObject;
    retention["whenDeleted"] ??= "Retain";
    retention["whenScaled"] ??= "Retain";
    defaultTemplate(spec["template"]);
    for (const claim of (spec["volumeClaimTemplates"] as JsonObject[] | undefined) ?? []) defaultClaimTemplate(claim);
  },
  validate: workloadErrors,
  validateUpdate(object, live) {
    const [next, previous] = [object["spec"] as JsonObject, live["spec"] as JsonObject];
    const changed = Object.keys({ ...next, ...previous }).some(
      (key) => !statefulSetMutable.has(key) && !deepEqual(next[key], previous[key]),
    );
    return changed
      ? [
          forbiddenField(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ]
      : [];
  },
};

function defaultClaimTemplate(claim: JsonObject): void {
  claim["kind"] ??= "PersistentVolumeClaim";
  claim["apiVersion"] ??= "v1";
  const spec = (claim["spec"] ??= {}) as JsonObject;
  spec["volumeMode"] ??= "Filesystem";
  claim["status"] = { phase: "Pending", ...(isObject(claim["status"]) ? claim["status"] : {}) };
}

const generationAnnotation = "deprecated.daemonset.template.generation";

function setTemplateGeneration(object: KubeObject, generation: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [generationAnnotation]: String(generation) };
}

export const daemonSet: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const spec = specOf(object);
    if (object.metadata.annotations?.[generationAnnotation] === undefined) setTemplateGeneration(object, 0);
    const strategy = isObject(spec["updateStrategy"]) ? spec["updateStrategy"] : (spec["updateStrategy"] = {});
    strategy["type"] ??= "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      const rolling = (strategy["rollingUpdate"] ??= {}) as JsonObject;
      rolling["maxUnavailable"] ??= 1;
      rolling["maxSurge"] ??= 0;
    }
    spec["revisionHistoryLimit"] ??= 10;
    defaultTemplate(spec["template"]);
  },
  prepareCreate: (object) => setTemplateGeneration(object, 1),
  prepareUpdate(object, live) {
    const before = Number(live.metadata.annotations?.[generationAnnotation] ?? 1);
    const changed = !deepEqual((object["spec"] as JsonObject)["template"], (live["spec"] as JsonObject)["template"]);
    setTemplateGeneration(object, changed ? before + 1 : before);
  },
  validate: workloadErrors,
  validateUpdate: (object, live) => immutable(object, live, "selector"),
};
