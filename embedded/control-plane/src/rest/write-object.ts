/**
 * The one way in which objects come into the store, whoever writes: metadata, strategy, validation, no-op detection,
 * finalizers. Source: apiserver registry/rest create.go, update.go and registry/generic/registry/store.go.
 */
import { randomInt, randomUUID } from "node:crypto";
import { formatTime } from "@eddy/core/conditions";
import { deepEqual, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { update } from "@eddy/merge";
import { admitCreate, admitUpdate } from "../admission/admit.ts";
import { isMergeable, resourceSchema, zeroObject } from "../apply/resource-schema.ts";
import { validateCustom } from "../crd/validate-custom.ts";
import type { Kernel } from "../kernel.ts";
import { convertObject } from "../kinds/convert.ts";
import { strategyOf } from "../kinds/index.ts";
import { validateMeta, validateMetaUpdate } from "../kinds/validate-meta.ts";
import { groupVersionOf, storageApiVersion, storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  invalidValue,
  internalError,
  notFound,
  StatusError,
  type FieldError,
  type Subject,
} from "../status-error.ts";
import type { UserInfo } from "../http/api-request.ts";
import { orderObject } from "./order-object.ts";

/** Who writes, and how. */
export interface WriteRequestOptions {
  manager: string;
  user: UserInfo;
  dryRun: boolean;
}

const staleText = "the object has been modified; please apply your changes to the latest version and try again";

const subjectOf = (info: ResourceInfo, name: string): Subject => ({ group: info.group, resource: info.resource, name });

const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters that make no words, as `generateName` adds them. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => suffixAlphabet[randomInt(suffixAlphabet.length)]).join("");
}

/** The written object with managedFields that say who owns what. */
export function trackManagers(
  kernel: Kernel,
  info: ResourceInfo,
  subresource: string,
  live: KubeObject | undefined,
  next: KubeObject,
  manager: string,
): KubeObject {
  if (!isMergeable(info)) return next;
  const apiVersion = groupVersionOf(info);
  const base =
    (live as JsonObject | undefined) ??
    (info.custom ? { apiVersion, kind: info.kind } : zeroObject(apiVersion, info.kind));
  const request = {
    manager,
    apiVersion,
    kind: info.kind,
    now: new Date(kernel.clock.now()),
    ...(subresource === "" ? {} : { subresource }),
  };
  return update(
    resourceSchema(kernel.registry, info, subresource),
    base,
    next as JsonObject,
    request,
  ) as unknown as KubeObject;
}

/**
 * Stores a new object; `object` is decoded, defaulted and fresh, `tracked` says that it already has its managedFields.
 * @throws StatusError: 404 without its namespace, 403 in a terminating one, 409 when it exists, 422 when it is invalid.
 */
export function createObject(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  object: KubeObject,
  options: WriteRequestOptions & { tracked?: boolean },
): KubeObject {
  const { metadata } = object;
  checkNamespace(info, namespace, object);
  if (metadata.resourceVersion)
    throw new StatusError(500, "InternalError", "resourceVersion should not be set on objects to be created");
  if (!metadata.name && metadata.generateName)
    metadata.name = generateName(kernel, info, namespace, metadata.generateName);
  const strategy = strategyOf(info);
  // What admission fills in is nobody's: owners are noted before it.
  const tracked =
    options.tracked === true ? object : trackManagers(kernel, info, "", undefined, object, options.manager);
  const next: KubeObject = { ...object, metadata: { ...object.metadata } };
  admitCreate(kernel, info, next, options);
  if (tracked.metadata.managedFields !== undefined) next.metadata.managedFields = tracked.metadata.managedFields;
  const now = new Date(kernel.clock.now());
  stampNew(next, now);
  if (countsGeneration(info)) next.metadata.generation = 1;
  if (info.subresources.has("status") && strategy.keepsStatusOnCreate !== true) resetStatus(next, info);
  const context = { kernel, now, dryRun: options.dryRun };
  strategy.prepareCreate?.(next, context);
  const key = storageKey(info, namespace, next.metadata.name);
  failOn(info, next, [
    ...validateMeta(next, strategy.nameForm ?? "subdomain"),
    ...(strategy.validate?.(next) ?? []),
    ...validateCustom(info, next, undefined),
  ]);
  if (kernel.store.get(info.collection, key)) throw alreadyExists(subjectOf(info, next.metadata.name));
  const ordered = orderObject(next, info);
  if (options.dryRun) {
    delete ordered.metadata.resourceVersion;
    return ordered;
  }
  const stored = kernel.store.put(info.collection, key, convertObject(ordered, storageApiVersion(info))).object;
  strategy.afterWrite?.(stored, undefined, context);
  return kernel.store.get(info.collection, key)?.object ?? stored;
}

function checkNamespace(info: ResourceInfo, namespace: string, object: KubeObject): void {
  const { metadata } = object;
  if (!info.namespaced) {
    if (metadata.namespace)
      throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
    return;
  }
  if (!metadata.namespace) metadata.namespace = namespace;
  else if (metadata.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function generateName(kernel: Kernel, info: ResourceInfo, namespace: string, prefix: string): string {
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = prefix.slice(0, 58) + randomSuffix();
    if (!kernel.store.get(info.collection, storageKey(info, namespace, name))) return name;
  }
  throw alreadyExists(subjectOf(info, prefix));
}

function stampNew(object: KubeObject, now: Date): void {
  const { metadata } = object;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = formatTime(now);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
}

const countsGeneration = (info: ResourceInfo): boolean =>
  info.custom !== undefined || strategyOf(info).generation === true;

function resetStatus(object: KubeObject, info: ResourceInfo): void {
  if (info.custom) {
    if (info.custom.hasStatus) delete object["status"];
    return;
  }
  const zero = zeroObject(groupVersionOf(info), info.kind)["status"];
  if (zero === undefined) delete object["status"];
  else object["status"] = structuredClone(zero);
}

function failOn(info: ResourceInfo, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0)
    throw invalid({ group: info.group, kind: info.kind, name: object.metadata.name ?? "" }, errors);
}

/**
 * Stores a new state of an existing object, or removes it when its last finalizer is gone. `next` is decoded, defaulted,
 * fresh and has its managedFields. A write that changes nothing returns the live object.
 * @throws StatusError: 409 on a stale resourceVersion or another uid, 422 when invalid.
 */
export function updateObject(
  kernel: Kernel,
  info: ResourceInfo,
  subresource: string,
  live: KubeObject,
  next: KubeObject,
  options: WriteRequestOptions,
): KubeObject {
  const strategy = strategyOf(info);
  const name = live.metadata.name;
  checkLocks(info, live, next);
  next = { ...next, metadata: { ...next.metadata } };
  const context = { kernel, now: new Date(kernel.clock.now()), dryRun: options.dryRun };
  if (subresource === "") admitUpdate(kernel, info, next, live, options);
  carryOver(info, subresource, live, next);
  if (subresource === "") strategy.prepareUpdate?.(next, live, context);
  if (subresource !== "status") bumpGeneration(info, live, next);
  failOn(info, next, [
    ...immutableMeta(live, next),
    ...validateMeta(next, strategy.nameForm ?? "subdomain"),
    ...validateMetaUpdate(next, live),
    ...(strategy.validate?.(next) ?? []),
    ...(subresource === "" ? (strategy.validateUpdate?.(next, live) ?? []) : []),
    ...validateCustom(info, next, live),
  ]);
  const ordered = orderObject(next, info);
  if (sameObject(live, ordered)) return live;
  if (options.dryRun) {
    ordered.metadata.resourceVersion = live.metadata.resourceVersion ?? "";
    return ordered;
  }
  const key = storageKey(info, live.metadata.namespace ?? "", name);
  if (isFinished(ordered)) {
    const removed = kernel.store.remove(info.collection, key) ?? ordered;
    strategy.afterDelete?.(ordered, context);
    return { ...ordered, metadata: { ...ordered.metadata, resourceVersion: removed.metadata.resourceVersion ?? "" } };
  }
  const stored = kernel.store.put(info.collection, key, convertObject(ordered, storageApiVersion(info))).object;
  strategy.afterWrite?.(stored, live, context);
  return stored;
}

/** Deleted, and nobody holds it any more. */
export function isFinished(object: KubeObject): boolean {
  const { metadata } = object;
  const held =
    (metadata.finalizers?.length ?? 0) > 0 ||
    (((object["spec"] as { finalizers?: unknown[] } | undefined)?.finalizers?.length ?? 0) > 0 &&
      object.kind === "Namespace");
  return metadata.deletionTimestamp !== undefined && !held && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** Where the original keeps the object, which its messages name. */
function registryKey(info: ResourceInfo, live: KubeObject): string {
  const place = info.custom ? `${info.group}/${info.resource}` : info.resource;
  return `/registry/${place}/${storageKey(info, live.metadata.namespace ?? "", live.metadata.name)}`;
}

function checkLocks(info: ResourceInfo, live: KubeObject, next: KubeObject): void {
  const subject = subjectOf(info, live.metadata.name);
  const { uid, resourceVersion } = next.metadata;
  if (uid && uid !== live.metadata.uid) {
    throw conflict(
      subject,
      `StorageError: invalid object, Code: 4, Key: ${registryKey(info, live)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
    );
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw conflict(subject, staleText);
  if (!resourceVersion && strategyOf(info).needsVersionOnUpdate === true) {
    throw invalid({ group: info.group, kind: info.kind, name: live.metadata.name }, [
      invalidValue("metadata.resourceVersion", "0x0", "must be specified for an update"),
    ]);
  }
}

const serverFields = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
] as const;

/** What the client cannot change is as it was. */
function carryOver(info: ResourceInfo, subresource: string, live: KubeObject, next: KubeObject): void {
  if (subresource === "status") keepAllButStatus(info, live, next);
  for (const field of serverFields) {
    if (live.metadata[field] === undefined) delete next.metadata[field];
    else Object.assign(next.metadata, { [field]: live.metadata[field] });
  }
  if (subresource === "" && info.subresources.has("status")) {
    if (live["status"] === undefined) delete next["status"];
    else next["status"] = live["status"];
  }
}

/**
 * What `/status` may change: the status, and of built-in kinds the metadata too, but a Deployment's labels. That is how the
 * Deployment controller sets its revision annotation.
 */
function keepAllButStatus(info: ResourceInfo, live: KubeObject, next: KubeObject): void {
  for (const key of Object.keys(next)) if (key !== "status" && key !== "metadata") delete next[key];
  for (const key of Object.keys(live)) if (key !== "status" && key !== "metadata") next[key] = live[key];
  if (!info.custom) {
    if (info.collection !== "apps/deployments") return;
    if (live.metadata.labels === undefined) delete next.metadata.labels;
    else next.metadata.labels = live.metadata.labels;
    return;
  }
  const { managedFields } = next.metadata;
  next.metadata = { ...live.metadata };
  if (managedFields === undefined) delete next.metadata.managedFields;
  else next.metadata.managedFields = managedFields;
}

/** Anything but metadata and status counts as spec. */
function bumpGeneration(info: ResourceInfo, live: KubeObject, next: KubeObject): void {
  if (!countsGeneration(info)) return;
  const withStatus = info.custom !== undefined && !info.custom.hasStatus;
  const differs = [...new Set([...Object.keys(live), ...Object.keys(next)])].some(
    (key) =>
      key !== "metadata" &&
      key !== "apiVersion" &&
      (key !== "status" || withStatus) &&
      !deepEqual(live[key], next[key]),
  );
  const annotated =
    strategyOf(info).annotationsCount === true &&
    !deepEqual(live.metadata.annotations ?? {}, next.metadata.annotations ?? {});
  if (differs || annotated) next.metadata.generation = (live.metadata.generation ?? 0) + 1;
}

function immutableMeta(live: KubeObject, next: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["name", "namespace"] as const) {
    if ((next.metadata[field] ?? "") !== (live.metadata[field] ?? ""))
      errors.push(invalidValue(`metadata.${field}`, next.metadata[field] ?? "", "field is immutable"));
  }
  return errors;
}

/** Equal but for resourceVersion and the times of managers. */
function sameObject(live: KubeObject, next: KubeObject): boolean {
  const { metadata: liveMeta, ...liveRest } = live;
  const { metadata: nextMeta, ...nextRest } = next;
  const { managedFields: liveManagers, resourceVersion: _liveRv, ...liveOther } = liveMeta;
  const { managedFields: nextManagers, resourceVersion: _nextRv, ...nextOther } = nextMeta;
  if (!deepEqual(liveOther, nextOther) || !deepEqual(liveRest, nextRest)) return false;
  const timeless = (managers: KubeObject["metadata"]["managedFields"]): unknown[] =>
    (managers ?? [])
      .map(({ time: _time, ...entry }) =>
        JSON.stringify([entry.manager, entry.operation, entry.subresource, entry.apiVersion, entry.fieldsV1]),
      )
      .sort();
  return deepEqual(timeless(liveManagers), timeless(nextManagers));
}

/** The live object, or 404. */
export function requireObject(kernel: Kernel, info: ResourceInfo, namespace: string, name: string): KubeObject {
  const entry = kernel.store.get(info.collection, storageKey(info, namespace, name));
  if (!entry) throw notFound(subjectOf(info, name));
  return entry.object;
}

export { internalError };
