/** Kinds that need little: networking, autoscaling, policy, storage, scheduling, admission, coordination. */
import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { forbiddenField, invalidValue, notSupported, required, type FieldError } from "../status-error.ts";
import { specOf } from "./apps.ts";
import { fill } from "./pod-defaults.ts";
import type { KindStrategy } from "./strategy.ts";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);
const member = (object: unknown, key: string): unknown => (isObject(object) ? object[key] : undefined);

export const ingress: KindStrategy = {
  generation: true,
  validate(object) {
    const spec = specOf(object);
    const errors: FieldError[] = [];
    if (list(spec["rules"]).length === 0 && spec["defaultBackend"] === undefined)
      errors.push(invalidValue("spec", {}, "either `defaultBackend` or `rules` must be specified"));
    for (const [rule, entry] of list(spec["rules"]).entries()) {
      for (const [path, value] of list(member(entry["http"], "paths")).entries()) {
        const at = `spec.rules[${rule}].http.paths[${path}]`;
        if (!value["pathType"]) errors.push(required(`${at}.pathType`, "pathType must be specified"));
        else if (!["Exact", "Prefix", "ImplementationSpecific"].includes(String(value["pathType"])))
          errors.push(notSupported(`${at}.pathType`, value["pathType"], ["Exact", "ImplementationSpecific", "Prefix"]));
        if (value["pathType"] !== "ImplementationSpecific" && !String(value["path"] ?? "").startsWith("/"))
          errors.push(invalidValue(`${at}.path`, value["path"] ?? "", "must be an absolute path"));
      }
    }
    return errors;
  },
};

export const networkPolicy: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const spec = specOf(object);
    for (const rule of [...list(spec["ingress"]), ...list(spec["egress"])])
      for (const port of list(rule["ports"])) fill(port, { protocol: "TCP" });
    if (list(spec["policyTypes"]).length === 0)
      spec["policyTypes"] = list(spec["egress"]).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  },
};

export const ingressClass: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const parameters = specOf(object)["parameters"];
    if (isObject(parameters)) fill(parameters, { scope: "Cluster" });
  },
};

function defaultScaling(behavior: unknown): void {
  if (!isObject(behavior)) return;
  const up = isObject(behavior["scaleUp"]) ? behavior["scaleUp"] : (behavior["scaleUp"] = {});
  up["stabilizationWindowSeconds"] ??= 0;
  up["selectPolicy"] ??= "Max";
  up["policies"] ??= [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ];
  const down = isObject(behavior["scaleDown"]) ? behavior["scaleDown"] : (behavior["scaleDown"] = {});
  down["selectPolicy"] ??= "Max";
  down["policies"] ??= [{ type: "Percent", value: 100, periodSeconds: 15 }];
}

export const horizontalPodAutoscaler: KindStrategy = {
  applyDefaults(object) {
    const spec = specOf(object);
    spec["minReplicas"] ??= 1;
    if (object.apiVersion === "autoscaling/v2") {
      if (list(spec["metrics"]).length === 0)
        spec["metrics"] = [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ];
      defaultScaling(spec["behavior"]);
    } else spec["targetCPUUtilizationPercentage"] ??= 80;
  },
  validate(object) {
    const spec = specOf(object);
    const errors: FieldError[] = [];
    const [min, max] = [Number(spec["minReplicas"] ?? 1), Number(spec["maxReplicas"] ?? 0)];
    if (max < 1) errors.push(invalidValue("spec.maxReplicas", max, "must be greater than 0"));
    if (max < min) errors.push(invalidValue("spec.maxReplicas", max, "must be greater than or equal to `minReplicas`"));
    return errors;
  },
};

export const podDisruptionBudget: KindStrategy = {
  generation: true,
  needsVersionOnUpdate: true,
  validate(object) {
    const spec = specOf(object);
    return spec["minAvailable"] !== undefined && spec["maxUnavailable"] !== undefined
      ? [invalidValue("spec", spec, "minAvailable and maxUnavailable cannot be both set")]
      : [];
  },
};

function frozen(object: KubeObject, live: KubeObject, ...fields: string[]): FieldError[] {
  return fields.flatMap((field) =>
    deepEqual(object[field], live[field]) ? [] : [forbiddenField(field, `updates to ${field} are forbidden.`)],
  );
}

export const storageClass: KindStrategy = {
  answersDeleted: true,
  applyDefaults: (object) => fill(object as JsonObject, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  validate: (object) => (object["provisioner"] ? [] : [required("provisioner")]),
  validateUpdate: (object, live) =>
    frozen(object, live, "parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
};

export const priorityClass: KindStrategy = {
  applyDefaults: (object) => fill(object as JsonObject, { preemptionPolicy: "PreemptLowerPriority" }),
  validateUpdate: (object, live) => frozen(object, live, "value", "preemptionPolicy"),
};

export const endpointSlice: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    for (const port of list(object["ports"])) {
      port["name"] ??= "";
      port["protocol"] ??= "TCP";
    }
  },
  validateUpdate: (object, live) =>
    object["addressType"] === live["addressType"]
      ? []
      : [invalidValue("addressType", object["addressType"], "field is immutable")],
};

/** Mutating and validating webhook configurations. */
export const webhookConfiguration: KindStrategy = {
  generation: true,
  needsVersionOnUpdate: true,
  applyDefaults(object) {
    for (const hook of list(object["webhooks"])) {
      fill(hook, { failurePolicy: "Fail", matchPolicy: "Equivalent" });
      hook["namespaceSelector"] ??= {};
      hook["objectSelector"] ??= {};
      hook["timeoutSeconds"] ??= 10;
      if (object.kind === "MutatingWebhookConfiguration") hook["reinvocationPolicy"] ??= "Never";
      const service = member(hook["clientConfig"], "service");
      if (isObject(service)) service["port"] ??= 443;
      for (const rule of list(hook["rules"])) rule["scope"] ??= "*";
    }
  },
};

export const apiService: KindStrategy = {
  applyDefaults(object) {
    const service = specOf(object)["service"];
    if (isObject(service)) service["port"] ??= 443;
  },
};

export const lease: KindStrategy = { createsOnUpdate: true, needsVersionOnUpdate: true };
export const runtimeClass: KindStrategy = { createsOnUpdate: true };
export const counted: KindStrategy = { generation: true };
export const serviceAccount: KindStrategy = { answersDeleted: true };
export const resourceQuota: KindStrategy = { answersDeleted: true };
