/**
 * What every Kubernetes object has, and how objects are named.
 *
 * Not a registry of kinds (`@eddy/api` is) and not a client. Entry points: {@link KubeObject}, {@link formatObjectName}.
 */
import { setMember, type Json, type JsonObject } from "../json/index.ts";

/** `metadata` of an object as the API server returns it. Times are RFC 3339 text. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

/** Who owns an object, within its namespace: it is collected when all its owners are gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One manager's fields; `fieldsV1` has the API's `f:`, `k:`, `v:` keys. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: "Apply" | "Update";
  apiVersion?: string;
  time?: string;
  fieldsType?: "FieldsV1";
  fieldsV1?: JsonObject;
  subresource?: string;
}

/** Any object: apiVersion, kind, metadata, and whatever its kind has. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Group ("" for core), version and kind. */
export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** Names one object by kind; `namespace` is "" for cluster-scoped ones. */
export interface ObjectRef {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Splits `apps/v1` into group and version; `v1` has the group "". */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return { group: "", version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `apps/v1`, or `v1` for the core group. */
export function formatApiVersion(gv: { group: string; version: string }): string {
  return gv.group === "" ? gv.version : `${gv.group}/${gv.version}`;
}

/** The group, version and kind that an object says it has. */
export function gvkOf(object: { apiVersion: string; kind: string }): GroupVersionKind {
  return { ...parseApiVersion(object.apiVersion), kind: object.kind };
}

/** The reference that names this object. */
export function refOf(object: KubeObject): ObjectRef {
  const { group } = parseApiVersion(object.apiVersion);
  return { group, kind: object.kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** A map key for a reference; equal references give equal keys. */
export function refKey(ref: ObjectRef): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** `Kind/namespace/name`, or `Kind/name` when cluster-scoped: the form of Flux's events and CLI. */
export function formatObjectName(ref: { kind: string; namespace?: string; name: string }): string {
  return ref.namespace ? `${ref.kind}/${ref.namespace}/${ref.name}` : `${ref.kind}/${ref.name}`;
}

/** Reads a value by path, or undefined when a step is missing. */
export function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** A deep copy of plain JSON data; keeps `bigint`. */
export function cloneJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => cloneJson(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) setMember(copy as JsonObject, key, cloneJson((value as JsonObject)[key]));
  return copy as T;
}

export type { Json, JsonObject };
