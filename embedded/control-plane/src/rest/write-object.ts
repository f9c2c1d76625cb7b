/**
 * The one way in which objects come into the store, whoever writes: metadata, strategy, validation, no-op detection,
 * finalizers. Source: apiserver registry/rest create.go, update.go and registry/generic/registry/store.go.
 */
import { randomInt, randomUUID } from "node:crypto";
import { formatTime } from "@eddy/core/conditions";
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { update } from "@eddy/merge";
import { admitCreate, admitUpdate } from "../admission/admit.ts";
import { isMergeable, resourceSchema, zeroObject } from "../apply/resource-schema.ts";
import { validateCustom } from "../crd/validate-custom.ts";
import { validatorOf } from "../crd/validators.ts";
import type { Kernel } from "../kernel.ts";
import { convertObject } from "../kinds/convert.ts";
import { strategyOf } from "../kinds/index.ts";
import { validateMeta, validateMetaUpdate } from "../kinds/validate-meta.ts";
import { groupVersionOf, storageApiVersion, storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import {
  alreadyExists,
  badRequest,
  invalid,
  notFound,
  StatusError,
  type FieldError,
  type Subject,
} from "../status-error.ts";
import type { UserInfo } from "../http/api-request.ts";
import { orderObject } from "./order-object.ts";
import { bumpGeneration, carryOver, checkLocks, countsGeneration, immutableMeta, sameObject } from "./update-rules.ts";

/** Who writes, and how. */
export interface WriteRequestOptions {
  manager: string;
  user: UserInfo;
  dryRun: boolean;
}

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

function resetStatus(object: KubeObject, info: ResourceInfo): void {
  if (info.custom) {
    if (!info.custom.hasStatus) return;
    delete object["status"];
    // The server defaults what it reads from etcd, too: what is dropped here comes back as the schema has it.
    const { status } = validatorOf(info).applyDefaults(object as unknown as JsonObject);
    if (status !== undefined) object["status"] = structuredClone(status);
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

/** The live object, or 404. */
export function requireObject(kernel: Kernel, info: ResourceInfo, namespace: string, name: string): KubeObject {
  const entry = kernel.store.get(info.collection, storageKey(info, namespace, name));
  if (!entry) throw notFound(subjectOf(info, name));
  return entry.object;
}
