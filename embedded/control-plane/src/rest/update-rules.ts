/** What holds of every update: locks, what a client cannot change, generations, and when nothing changed. Source: registry/rest/update.go. */
import { deepEqual } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { strategyOf } from "../kinds/index.ts";
import { storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import { conflict, invalid, invalidValue, type FieldError } from "../status-error.ts";

const staleText = "the object has been modified; please apply your changes to the latest version and try again";

/** Whether the kind counts changes of its spec. */
export const countsGeneration = (info: ResourceInfo): boolean =>
  info.custom !== undefined || strategyOf(info).generation === true;

/** Where the original keeps the object, which its messages name. */
function registryKey(info: ResourceInfo, live: KubeObject): string {
  const place = info.custom ? `${info.group}/${info.resource}` : info.resource;
  return `/registry/${place}/${storageKey(info, live.metadata.namespace ?? "", live.metadata.name)}`;
}

/** @throws StatusError 409 for another uid or a stale resourceVersion, 422 where a version must be given. */
export function checkLocks(info: ResourceInfo, live: KubeObject, next: KubeObject): void {
  const subject = { group: info.group, resource: info.resource, name: live.metadata.name };
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
export function carryOver(info: ResourceInfo, subresource: string, live: KubeObject, next: KubeObject): void {
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
export function bumpGeneration(info: ResourceInfo, live: KubeObject, next: KubeObject): void {
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

/** Errors of a changed name or namespace. */
export function immutableMeta(live: KubeObject, next: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["name", "namespace"] as const) {
    if ((next.metadata[field] ?? "") !== (live.metadata[field] ?? ""))
      errors.push(invalidValue(`metadata.${field}`, next.metadata[field] ?? "", "field is immutable"));
  }
  return errors;
}

/** Equal but for resourceVersion and the times of managers. */
export function sameObject(live: KubeObject, next: KubeObject): boolean {
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
