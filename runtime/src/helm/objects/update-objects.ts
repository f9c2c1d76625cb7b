import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { eachByKind, partition } from "./by-kind.ts";
import { identityOf, isGenerated, keyOf } from "./name-object.ts";
import { patchObject } from "./patch-object.ts";
import { upgradeObjectManagers } from "./upgrade-managers.ts";
import { applyObject, createObject, replaceObject, type ApplyContext } from "./write-object.ts";

/** How objects are updated. */
export interface UpdateOptions extends ApplyContext {
  serverSideApply: boolean;
  forceReplace: boolean;
  /** What the manager wrote client-side becomes what it applies; server-side apply only. */
  upgradeManagers: boolean;
  /** Three-way patches for custom resources too; never with server-side apply. */
  threeWayForCustom: boolean;
  /** Whether the caller must know which objects were not there before. */
  tellCreated: boolean;
}

/** What came of an update; `error` when it did not succeed. Objects are as the cluster has them. */
export interface UpdateResult {
  applied: KubeObject[];
  created: KubeObject[];
  error?: EddyError;
}

/**
 * Brings the cluster from one revision's objects to another's: creates what is missing, updates the rest, deletes what is left over
 * and not kept by `helm.sh/resource-policy`. An error keeps what is left over from being deleted.
 * Source: Helm `kube/client.go` Update.
 */
export async function updateObjects(
  originals: readonly KubeObject[],
  targets: readonly KubeObject[],
  options: UpdateOptions,
): Promise<UpdateResult> {
  refuseContradictions(options);
  const before = new Map(originals.map((object) => [identityOf(object), object]));
  const created: KubeObject[] = [];
  const results = await eachByKind(targets, (target) => updateObject(target, before, { ...options, created }));
  const { values: applied, errors } = partition(results);
  if (errors.length > 0) return { applied, created, error: joined(errors) };
  const wanted = new Set(targets.map(identityOf));
  const removed = await eachByKind(
    originals.filter((object) => !wanted.has(identityOf(object))),
    (object) => deleteLeftover(object, options),
  );
  const failures = partition(removed).errors;
  return failures.length === 0 ? { applied, created } : { applied, created, error: joined(failures) };
}

function refuseContradictions({ serverSideApply, forceConflicts, forceReplace }: UpdateOptions): void {
  const problem =
    !serverSideApply && forceConflicts
      ? "invalid client update option(s): forceConflicts enabled when serverSideApply disabled"
      : forceConflicts && forceReplace
        ? "invalid operation: cannot use force conflicts and force replace together"
        : serverSideApply && forceReplace
          ? "invalid operation: cannot use server-side apply and force replace together"
          : undefined;
  if (problem !== undefined) throw new EddyError("UPDATE_OPTIONS_INVALID", problem, { class: "terminal" });
}

async function updateObject(
  target: KubeObject,
  before: ReadonlyMap<string, KubeObject>,
  options: UpdateOptions & { created: KubeObject[] },
): Promise<KubeObject> {
  const { kube, serverSideApply, upgradeManagers, forceReplace, tellCreated, created } = options;
  const needsLook = !serverSideApply || upgradeManagers || tellCreated;
  const live = isGenerated(target) ? undefined : needsLook ? await readLive(target, options) : target;
  if (!live) {
    created.push(target);
    const create = serverSideApply ? applyObject : createObject;
    return create(target, options).catch((error: unknown) => refuseCreation(error));
  }
  if (forceReplace) return replaceObject(target, options);
  if (!serverSideApply) {
    return patchObject({ original: before.get(identityOf(target)) ?? live, target, live }, { ...options, kube });
  }
  if (upgradeManagers) await upgradeObjectManagers(target, options);
  try {
    return await applyObject(target, options);
  } catch (error) {
    // Helm looks before it applies, and says which of both it was.
    if (!needsLook && !(await readLive(target, options))) refuseCreation(error);
    throw error;
  }
}

function refuseCreation(error: unknown): never {
  throw new EddyError("OBJECT_CREATE_FAILED", `failed to create resource: ${messageOf(error)}`, { cause: error });
}

async function readLive(target: KubeObject, { kube, serverSideApply }: UpdateOptions): Promise<KubeObject | undefined> {
  try {
    return await kube.get(keyOf(target), serverSideApply ? { metadataOnly: true } : {});
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw new EddyError("OBJECT_UNREADABLE", `could not get information about the resource: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function deleteLeftover(object: KubeObject, { kube }: UpdateOptions): Promise<void> {
  const key = keyOf(object);
  try {
    const { metadata } = await kube.get(key, { metadataOnly: true });
    if (metadata.annotations?.["helm.sh/resource-policy"] === "keep") return;
  } catch {
    // Helm passes over what it cannot read: mostly it is gone.
    return;
  }
  try {
    await kube.delete(key, { propagationPolicy: "Background" });
  } catch (error) {
    if (hasReason(error, "NotFound")) return;
    const { namespace = "", name } = object.metadata;
    throw new EddyError(
      "OBJECT_DELETE_FAILED",
      `failed to delete resource namespace=${namespace}, name=${name}, kind=${object.kind}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function joined(errors: readonly unknown[]): EddyError {
  const [first] = errors;
  if (errors.length === 1 && first instanceof EddyError) return first;
  return new EddyError("OBJECTS_NOT_UPDATED", errors.map(messageOf).join(" && "), { cause: first });
}
