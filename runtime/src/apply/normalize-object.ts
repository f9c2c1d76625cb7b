import { kustomizeNameLabel, kustomizeNamespaceLabel } from "@eddy/api";
import { isObject, type JsonObject } from "@eddy/core/json";
import { cloneJson, gvkOf, valueAt, type KubeObject } from "@eddy/core/object";
import type { Owner } from "./control-metadata.ts";

/** Labels and annotations of `spec.commonMetadata`. */
export interface CommonMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/**
 * A copy as it is sent to the API server: ownership labels set, common metadata over everything, and cleaned of what a
 * server would answer differently than it was asked. Source: Flux ssa `normalize`, spec 3.4 "Normalise".
 */
export function normalizeObject(object: KubeObject, owner: Owner, common: CommonMetadata = {}): KubeObject {
  const copy = cloneJson(object);
  const { metadata } = copy;
  metadata.labels = {
    ...metadata.labels,
    [kustomizeNameLabel]: owner.name,
    [kustomizeNamespaceLabel]: owner.namespace,
    ...common.labels,
  };
  if (common.annotations) metadata.annotations = { ...metadata.annotations, ...common.annotations };
  delete metadata.creationTimestamp;
  delete metadata.managedFields;
  delete metadata.resourceVersion;
  delete metadata.uid;
  normalizeByKind(copy);
  return copy;
}

const podTemplates: Readonly<Record<string, readonly string[]>> = {
  "/Pod": ["spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "apps/DaemonSet": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

function normalizeByKind(object: KubeObject): void {
  const { group, kind } = gvkOf(object);
  const id = `${group}/${kind}`;
  if (id === "apiextensions.k8s.io/CustomResourceDefinition") return dropInvalidCaBundle(object);
  // A definition's status is kept for kstatus; every other one is the cluster's.
  delete object["status"];
  if (id === "/Secret") encodeStringData(object);
  if (id === "/Service") defaultProtocols(valueAt(object, "spec", "ports"));
  const path = podTemplates[id];
  const containers = path ? valueAt(object, ...path, "containers") : undefined;
  if (!Array.isArray(containers)) return;
  for (const container of containers) if (isObject(container)) defaultProtocols(container["ports"]);
}

// Ports are merged by number and protocol, and a missing protocol is another key than the default.
function defaultProtocols(ports: unknown): void {
  if (!Array.isArray(ports)) return;
  for (const port of ports) if (isObject(port)) port["protocol"] ??= "TCP";
}

function encodeStringData(object: KubeObject): void {
  const { stringData } = object;
  // What is no text is the server's to refuse.
  if (!isObject(stringData) || Object.values(stringData).some((value) => value !== null && typeof value !== "string"))
    return;
  const data: JsonObject = isObject(object["data"]) ? object["data"] : {};
  for (const [key, value] of Object.entries(stringData))
    data[key] = Buffer.from(typeof value === "string" ? value : "").toString("base64");
  delete object["stringData"];
  if (Object.keys(data).length > 0) object["data"] = data;
}

// An injector fills the bundle in later; a placeholder that is no certificate would be refused.
function dropInvalidCaBundle(object: KubeObject): void {
  const clientConfig = valueAt(object, "spec", "conversion", "webhook", "clientConfig");
  if (!isObject(clientConfig) || typeof clientConfig["caBundle"] !== "string") return;
  const text = Buffer.from(clientConfig["caBundle"], "base64").toString("latin1");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) delete clientConfig["caBundle"];
}
