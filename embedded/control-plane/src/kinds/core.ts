/** ConfigMap, Secret, Namespace, Pod, Service's smaller neighbours. Sources: pkg/apis/core/v1/defaults.go, pkg/registry/core. */
import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { forbiddenField, invalidValue, required, type FieldError } from "../status-error.ts";
import { specOf } from "./apps.ts";
import { defaultPodSpec, fill } from "./pod-defaults.ts";
import { podSpecErrors } from "./pod-validation.ts";
import type { KindStrategy } from "./strategy.ts";

const dataKey = /^[-._a-zA-Z0-9]+$/;
const maxDataBytes = 1 << 20;

function dataErrors(object: KubeObject, ...fields: string[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const field of fields) {
    for (const [key, value] of Object.entries((object[field] as Record<string, string> | undefined) ?? {})) {
      bytes += Buffer.byteLength(value);
      if (!dataKey.test(key) || key.length > 253) {
        errors.push(
          invalidValue(
            `${field}[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        );
      }
      if (seen.has(key)) errors.push(invalidValue(field, key, "duplicate of key present in data"));
      seen.add(key);
    }
  }
  if (bytes > maxDataBytes * (fields.length === 1 ? 4 / 3 : 1))
    errors.push({
      reason: "FieldValueTooLong",
      field: "",
      message: `Too long: may not be more than ${maxDataBytes} bytes`,
    });
  return errors;
}

function frozenErrors(object: KubeObject, live: KubeObject, ...fields: string[]): FieldError[] {
  if (live["immutable"] !== true) return [];
  const errors: FieldError[] = [];
  if (object["immutable"] !== true)
    errors.push(forbiddenField("immutable", "field is immutable when `immutable` is set"));
  for (const field of fields)
    if (!deepEqual(object[field], live[field]))
      errors.push(forbiddenField(field, "field is immutable when `immutable` is set"));
  return errors;
}

export const configMap: KindStrategy = {
  validate: (object) => dataErrors(object, "data", "binaryData"),
  validateUpdate: (object, live) => frozenErrors(object, live, "data", "binaryData"),
};

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

export const secret: KindStrategy = {
  applyDefaults(object) {
    if (!object["type"]) object["type"] = "Opaque";
    const plain = object["stringData"] as Record<string, string> | undefined;
    if (plain === undefined) return;
    const data = { ...(object["data"] as Record<string, string> | undefined) };
    for (const [key, value] of Object.entries(plain)) data[key] = Buffer.from(value).toString("base64");
    object["data"] = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
    delete object["stringData"];
  },
  validate(object) {
    const keys = requiredKeys[String(object["type"])] ?? [];
    const data = (object["data"] as JsonObject | undefined) ?? {};
    return [
      ...dataErrors(object, "data"),
      ...keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`)),
    ];
  },
  validateUpdate(object, live) {
    const errors = frozenErrors(object, live, "data");
    if (object["type"] !== live["type"]) errors.unshift(invalidValue("type", object["type"], "field is immutable"));
    return errors;
  },
};

export const pod: KindStrategy = {
  generation: true,
  answersDeleted: true,
  applyDefaults: (object) => defaultPodSpec(specOf(object), { isPod: true, restartPolicy: true }),
  prepareCreate(object) {
    object["status"] = { phase: "Pending", qosClass: qosClassOf(specOf(object)) };
  },
  validate: (object) => podSpecErrors(specOf(object), "spec"),
  validateUpdate(object, live) {
    const mask = (each: KubeObject): JsonObject => {
      const spec = structuredClone(each["spec"]) as JsonObject;
      for (const field of ["containers", "initContainers"])
        for (const container of (spec[field] as JsonObject[] | undefined) ?? []) delete container["image"];
      for (const field of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"])
        delete spec[field];
      return spec;
    };
    if (deepEqual(mask(object), mask(live))) return [];
    return [
      forbiddenField(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
      ),
    ];
  },
  gracePeriodSeconds(object, requestedSeconds) {
    const spec = specOf({ ...object });
    const phase = isObject(object["status"]) ? object["status"]["phase"] : undefined;
    // A pod that no node runs has nothing to wind down.
    if (!spec["nodeName"] || phase === "Succeeded" || phase === "Failed") return 0;
    const own = spec["terminationGracePeriodSeconds"];
    return requestedSeconds ?? (typeof own === "number" ? own : 30);
  },
};

/** Guaranteed when every container has equal limits and requests for cpu and memory, BestEffort when none has any. */
function qosClassOf(spec: JsonObject): string {
  const containers = [
    ...((spec["containers"] as JsonObject[] | undefined) ?? []),
    ...((spec["initContainers"] as JsonObject[] | undefined) ?? []),
  ];
  const resources = containers.map(
    (container) =>
      (isObject(container["resources"]) ? container["resources"] : {}) as {
        limits?: JsonObject;
        requests?: JsonObject;
      },
  );
  const named = (map: JsonObject | undefined, name: string): unknown => map?.[name];
  if (
    resources.every((each) =>
      ["cpu", "memory"].every(
        (name) => named(each.limits, name) === undefined && named(each.requests, name) === undefined,
      ),
    )
  )
    return "BestEffort";
  const guaranteed = resources.every((each) =>
    ["cpu", "memory"].every(
      (name) =>
        named(each.limits, name) !== undefined &&
        named(each.limits, name) === (named(each.requests, name) ?? named(each.limits, name)),
    ),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

export const persistentVolumeClaim: KindStrategy = {
  answersDeleted: true,
  applyDefaults: (object) => fill(specOf(object), { volumeMode: "Filesystem" }),
  prepareCreate(object) {
    object["status"] = { phase: "Pending" };
    const finalizers = object.metadata.finalizers ?? [];
    if (!finalizers.includes("kubernetes.io/pvc-protection"))
      object.metadata.finalizers = [...finalizers, "kubernetes.io/pvc-protection"];
  },
  validate(object) {
    const spec = specOf(object);
    const errors: FieldError[] = [];
    if (((spec["accessModes"] as unknown[] | undefined) ?? []).length === 0)
      errors.push(required("spec.accessModes", "at least 1 access mode is required"));
    const requests = isObject(spec["resources"]) ? spec["resources"]["requests"] : undefined;
    if (!isObject(requests) || requests["storage"] === undefined) errors.push(required("spec.resources[storage]"));
    return errors;
  },
  validateUpdate(object, live) {
    const mask = (each: KubeObject): JsonObject => {
      const {
        resources: _resources,
        volumeName: _volume,
        volumeAttributesClassName: _class,
        storageClassName: _storage,
        ...rest
      } = each["spec"] as JsonObject;
      return rest;
    };
    return deepEqual(mask(object), mask(live))
      ? []
      : [
          forbiddenField(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
          ),
        ];
  },
};

export const persistentVolume: KindStrategy = {
  answersDeleted: true,
  applyDefaults: (object) =>
    fill(specOf(object), { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" }),
  prepareCreate(object) {
    object["status"] = { phase: "Pending" };
    const finalizers = object.metadata.finalizers ?? [];
    if (!finalizers.includes("kubernetes.io/pv-protection"))
      object.metadata.finalizers = [...finalizers, "kubernetes.io/pv-protection"];
  },
};

export const node: KindStrategy = { answersDeleted: true, keepsStatusOnCreate: true };

export const event: KindStrategy = {
  createsOnUpdate: true,
  applyDefaults(object) {
    if (!isObject(object["source"]) && object["source"] === undefined && object.apiVersion === "v1")
      object["source"] = {};
  },
};

export const endpoints: KindStrategy = {
  createsOnUpdate: true,
  applyDefaults(object) {
    for (const subset of (object["subsets"] as JsonObject[] | undefined) ?? [])
      for (const port of (subset["ports"] as JsonObject[] | undefined) ?? []) fill(port, { protocol: "TCP" });
  },
};

export const limitRange: KindStrategy = { createsOnUpdate: true };
