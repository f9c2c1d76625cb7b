/** Which objects a list or watch wants. Source: apiserver and pkg/registry field label conversions. */
import { messageOf } from "@eddy/core/errors";
import { matchesLabels, parseSelector } from "@eddy/core/labels";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { badRequest } from "../status-error.ts";
import { readPath } from "../json-path.ts";

export type Matcher = (object: KubeObject) => boolean;

/** Field labels of built-in kinds besides metadata.name and metadata.namespace, by collection. */
const fieldLabels: Readonly<Record<string, readonly string[]>> = {
  "/pods": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  "/events": [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reportingController",
  ],
  "/secrets": ["type"],
  "/nodes": ["spec.unschedulable"],
  "/namespaces": ["status.phase"],
  "/services": ["spec.clusterIP", "spec.type"],
  "/replicationcontrollers": ["status.replicas"],
  "apps/replicasets": ["status.replicas"],
  "batch/jobs": ["status.successful"],
  "certificates.k8s.io/certificatesigningrequests": ["spec.signerName"],
};

/** Both selectors of a query as one test, or undefined when everything matches. */
export function matcherOf(info: ResourceInfo, query: URLSearchParams): Matcher | undefined {
  const tests: Matcher[] = [];
  const labels = query.get("labelSelector") ?? "";
  if (labels.trim() !== "") {
    const requirements = parseLabels(labels);
    tests.push((object) => matchesLabels(requirements, object.metadata.labels));
  }
  const fields = query.get("fieldSelector") ?? "";
  if (fields !== "")
    tests.push(
      ...fields
        .split(",")
        .filter((part) => part !== "")
        .map((part) => fieldTest(info, part)),
    );
  if (tests.length === 0) return undefined;
  return (object) => tests.every((test) => test(object));
}

/** The name that `metadata.name=x` pins, for answering without a scan. */
export function pinnedName(query: URLSearchParams): string | undefined {
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get("fieldSelector") ?? "")?.[1];
}

function parseLabels(text: string): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(text);
  } catch (error) {
    throw badRequest(messageOf(error));
  }
}

function fieldTest(info: ResourceInfo, part: string): Matcher {
  const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(part);
  if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const [, field = "", operator, raw = ""] = match;
  const wanted = raw.replace(/\\([\\,=])/g, "$1");
  const read = fieldReader(info, field);
  return operator === "!=" ? (object) => read(object) !== wanted : (object) => read(object) === wanted;
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

function fieldReader(info: ResourceInfo, field: string): (object: KubeObject) => string {
  if (field === "metadata.name") return (object) => object.metadata.name;
  if (field === "metadata.namespace" && info.namespaced) return (object) => object.metadata.namespace ?? "";
  if (field === "metadata.namespace" && !info.custom) return () => "";
  if (info.custom) {
    const path = info.custom.selectableFields.find((each) => each.replace(/^\./, "") === field);
    if (path !== undefined) return (object) => text(readPath(object, path)[0]);
  } else if (fieldLabels[info.collection]?.includes(field)) return builtInReader(field);
  throw badRequest(unknownField(info, field));
}

function unknownField(info: ResourceInfo, field: string): string {
  if (info.custom || fieldLabels[info.collection] === undefined) {
    const known = [
      "metadata.name",
      ...(info.namespaced ? ["metadata.namespace"] : []),
      ...(info.custom?.selectableFields ?? []).map((path) => path.replace(/^\./, "")),
    ];
    return `${JSON.stringify(field)} is not a known field selector: only ${known.map((name) => JSON.stringify(name)).join(", ")}`;
  }
  return info.kind === "Job"
    ? `field label ${JSON.stringify(field)} not supported for Job`
    : `field label not supported: ${field}`;
}

function builtInReader(field: string): (object: KubeObject) => string {
  if (field === "source")
    return (object) => text(valueAt(object, "source", "component") || object["reportingComponent"]);
  if (field === "spec.unschedulable" || field === "spec.hostNetwork")
    return (object) => String(valueAt(object, ...field.split(".")) === true);
  if (field === "status.successful") return (object) => text(valueAt(object, "status", "succeeded") ?? 0);
  if (field === "status.replicas") return (object) => text(valueAt(object, "status", "replicas") ?? 0);
  const path = field
    .replace(/^regarding\./, "involvedObject.")
    .replace(/^reportingController$/, "reportingComponent")
    .split(".");
  return (object) => text(valueAt(object, ...path));
}
