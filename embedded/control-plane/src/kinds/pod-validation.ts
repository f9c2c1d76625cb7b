/** The rules of pod specs that people run into. Source: pkg/apis/core/validation. */
import { isObject, type JsonObject } from "@eddy/core/json";
import { duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError } from "../status-error.ts";
import { nameProblem, validateLabels } from "./validate-meta.ts";
import { parseQuantity } from "../types/quantity.ts";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Errors of a port number, if there is one. */
export function portErrors(value: unknown, field: string): FieldError[] {
  if (typeof value !== "number" || (value >= 1 && value <= 65_535)) return [];
  return [invalidValue(field, value, "must be between 1 and 65535, inclusive")];
}

function portListErrors(container: JsonObject, at: string): FieldError[] {
  const names = new Set<string>();
  return list(container["ports"]).flatMap((port, index) => {
    const field = `${at}.ports[${index}]`;
    const name = text(port["name"]);
    const twice = name !== "" && names.has(name) ? [duplicate(`${field}.name`, name)] : [];
    names.add(name);
    const errors =
      port["containerPort"] === undefined || port["containerPort"] === 0
        ? [required(`${field}.containerPort`)]
        : portErrors(port["containerPort"], `${field}.containerPort`);
    if (!["TCP", "UDP", "SCTP"].includes(text(port["protocol"])))
      errors.push(notSupported(`${field}.protocol`, port["protocol"] ?? "", ["SCTP", "TCP", "UDP"]));
    return [...twice, ...errors];
  });
}

function mountErrors(container: JsonObject, at: string, volumes: ReadonlySet<string>): FieldError[] {
  const seen = new Set<string>();
  return list(container["volumeMounts"]).flatMap((mount, index) => {
    const field = `${at}.volumeMounts[${index}]`;
    const errors: FieldError[] = [];
    const name = text(mount["name"]);
    if (name === "") errors.push(required(`${field}.name`));
    else if (!volumes.has(name))
      errors.push({
        reason: "FieldValueNotFound",
        field: `${field}.name`,
        message: `Not found: ${JSON.stringify(name)}`,
      });
    const path = text(mount["mountPath"]);
    if (path === "") errors.push(required(`${field}.mountPath`));
    if (seen.has(path)) errors.push(invalidValue(`${field}.mountPath`, path, "must be unique"));
    seen.add(path);
    return errors;
  });
}

function resourceErrors(container: JsonObject, at: string): FieldError[] {
  const resources = container["resources"];
  if (!isObject(resources) || !isObject(resources["limits"]) || !isObject(resources["requests"])) return [];
  const { limits, requests } = resources as { limits: JsonObject; requests: JsonObject };
  return Object.entries(requests).flatMap(([name, value]) => {
    const limit = parseQuantity(text(limits[name]));
    const request = parseQuantity(text(value));
    if (!limit || !request || request.nano <= limit.nano) return [];
    return [
      invalidValue(
        `${at}.resources.requests`,
        value,
        `must be less than or equal to ${name} limit of ${text(limits[name])}`,
      ),
    ];
  });
}

const probes = ["livenessProbe", "readinessProbe", "startupProbe"];

/** A probe asks a port by name or by a number that is one. */
function probeErrors(container: JsonObject, at: string): FieldError[] {
  return probes.flatMap((name) => {
    const probe = container[name];
    if (!isObject(probe)) return [];
    const handlers = ["httpGet", "tcpSocket", "grpc"].filter((each) => isObject(probe[each]));
    if (handlers.length === 0 && probe["exec"] === undefined)
      return [required(`${at}.${name}`, "must specify a handler type")];
    return handlers.flatMap((handler) => {
      const port = (probe[handler] as JsonObject)["port"] ?? 0;
      return portErrors(port, `${at}.${name}.${handler}.port`);
    });
  });
}

function containerErrors(
  container: JsonObject,
  at: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const name = text(container["name"]);
  if (name === "") errors.push(required(`${at}.name`));
  else {
    const problem = nameProblem(name, "label");
    if (problem !== undefined) errors.push(invalidValue(`${at}.name`, name, problem));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  if (text(container["image"]) === "") errors.push(required(`${at}.image`));
  if (!["Always", "IfNotPresent", "Never"].includes(text(container["imagePullPolicy"])))
    errors.push(
      notSupported(`${at}.imagePullPolicy`, container["imagePullPolicy"] ?? "", ["Always", "IfNotPresent", "Never"]),
    );
  for (const [index, env] of list(container["env"]).entries())
    if (text(env["name"]) === "") errors.push(required(`${at}.env[${index}].name`));
  return [
    ...errors,
    ...portListErrors(container, at),
    ...mountErrors(container, at, volumes),
    ...probeErrors(container, at),
    ...resourceErrors(container, at),
  ];
}

/** Errors of a pod spec at a path. */
export function podSpecErrors(spec: JsonObject, at: string): FieldError[] {
  const volumes = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, volume] of list(spec["volumes"]).entries()) {
    const name = text(volume["name"]);
    if (name === "") errors.push(required(`${at}.volumes[${index}].name`));
    if (volumes.has(name)) errors.push(duplicate(`${at}.volumes[${index}].name`, name));
    volumes.add(name);
    const [, ...more] = Object.keys(volume).filter((key) => key !== "name");
    for (const source of more)
      errors.push(forbiddenField(`${at}.volumes[${index}].${source}`, "may not specify more than 1 volume type"));
  }
  const names = new Set<string>();
  if (list(spec["containers"]).length === 0) errors.push(required(`${at}.containers`));
  for (const field of ["containers", "initContainers"]) {
    for (const [index, container] of list(spec[field]).entries())
      errors.push(...containerErrors(container, `${at}.${field}[${index}]`, names, volumes));
  }
  if (!["Always", "OnFailure", "Never"].includes(text(spec["restartPolicy"]))) {
    errors.push(
      text(spec["restartPolicy"]) === ""
        ? required(`${at}.restartPolicy`)
        : notSupported(`${at}.restartPolicy`, spec["restartPolicy"], ["Always", "OnFailure", "Never"]),
    );
  }
  return errors;
}

/** Errors of a selector and the template that it must select. */
export function selectorErrors(spec: JsonObject): FieldError[] {
  const selector = spec["selector"];
  if (!isObject(selector)) return [required("spec.selector")];
  const labels = isObject(selector["matchLabels"]) ? (selector["matchLabels"] as Record<string, string>) : {};
  const expressions = list(selector["matchExpressions"]);
  if (Object.keys(labels).length === 0 && expressions.length === 0)
    return [invalidValue("spec.selector", selector, "empty selector is invalid for deployment")];
  const template = isObject(spec["template"]) ? spec["template"] : {};
  const metadata = isObject(template["metadata"]) ? template["metadata"] : {};
  const own = isObject(metadata["labels"]) ? (metadata["labels"] as Record<string, string>) : {};
  const errors = validateLabels(own, "spec.template.metadata.labels");
  if (Object.entries(labels).some(([key, value]) => own[key] !== value))
    errors.push(invalidValue("spec.template.metadata.labels", own, "`selector` does not match template `labels`"));
  return errors;
}

/** Errors of `spec.template`. `always`: only restartPolicy Always is allowed. */
export function templateErrors(spec: JsonObject, options: { always: boolean }): FieldError[] {
  const template = isObject(spec["template"]) ? spec["template"] : {};
  const podSpec = isObject(template["spec"]) ? template["spec"] : {};
  const errors = podSpecErrors(podSpec, "spec.template.spec");
  if (options.always && podSpec["restartPolicy"] !== "Always")
    errors.push(notSupported("spec.template.spec.restartPolicy", podSpec["restartPolicy"] ?? "", ["Always"]));
  return errors;
}

/** Integers that may not be negative. */
export function nonNegative(spec: JsonObject, ...fields: string[]): FieldError[] {
  return fields.flatMap((field) => {
    const value = spec[field];
    return typeof value === "number" && value < 0
      ? [invalidValue(`spec.${field}`, value, "must be greater than or equal to 0")]
      : [];
  });
}
