/** Deletion: preconditions, grace, finalizers, propagation. Source: apiserver registry/rest delete.go. */
import { formatTime } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import { strategyOf } from "../kinds/index.ts";
import { storageKey, type ResourceInfo } from "../resources/resource-info.ts";
import { conflict } from "../status-error.ts";
import { orderObject } from "./order-object.ts";
import { isFinished, requireObject } from "./write-object.ts";

/** `DeleteOptions` as far as they matter. */
export interface DeleteRequest {
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  gracePeriodSeconds?: number;
  uid?: string;
  resourceVersion?: string;
  dryRun: boolean;
}

/** `removed`: gone now, `object` is its last state; otherwise it is marked and lives on. */
export interface DeleteOutcome {
  removed: boolean;
  object: KubeObject;
}

function checkPreconditions(info: ResourceInfo, live: KubeObject, request: DeleteRequest): void {
  const subject = { group: info.group, resource: info.kind, name: live.metadata.name };
  if (request.uid !== undefined && request.uid !== live.metadata.uid) {
    throw conflict(
      subject,
      `the UID in the precondition (${request.uid}) does not match the UID in record (${live.metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (request.resourceVersion !== undefined && request.resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${request.resourceVersion}) does not match the ResourceVersion in record (${live.metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

const propagationFinalizer = { Foreground: "foregroundDeletion", Orphan: "orphan" } as const;

/** The finalizers that a deletion leaves, with the one that its propagation asks for. */
function finalizersFor(live: KubeObject, policy: DeleteRequest["propagationPolicy"]): string[] {
  const others = (live.metadata.finalizers ?? []).filter(
    (each) => policy === undefined || !Object.values(propagationFinalizer).includes(each as never),
  );
  if (policy === undefined) return live.metadata.finalizers ?? [];
  return policy === "Background" ? others : [...others, propagationFinalizer[policy]];
}

/** Deletes or marks. @throws StatusError 404, 409. */
export function deleteObject(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  name: string,
  request: DeleteRequest,
): DeleteOutcome {
  const live = requireObject(kernel, info, namespace, name);
  checkPreconditions(info, live, request);
  const strategy = strategyOf(info);
  const context = { kernel, now: new Date(kernel.clock.now()), dryRun: request.dryRun };
  const marked = markDeleted(
    live,
    info,
    finalizersFor(live, request.propagationPolicy),
    strategy.gracePeriodSeconds?.(live, request.gracePeriodSeconds) ?? 0,
    context.now,
  );
  const key = storageKey(info, namespace, name);
  if (isFinished(marked)) {
    if (!request.dryRun) {
      const removed = kernel.store.remove(info.collection, key) ?? marked;
      strategy.afterDelete?.(removed, context);
      // A kind that dies gracefully is told in its dying state, also when the grace was none.
      if (strategy.gracePeriodSeconds)
        return {
          removed: true,
          object: {
            ...marked,
            metadata: { ...marked.metadata, resourceVersion: removed.metadata.resourceVersion ?? "" },
          },
        };
      return { removed: true, object: removed };
    }
    return { removed: true, object: live };
  }
  if (request.dryRun)
    return {
      removed: false,
      object: { ...marked, metadata: { ...marked.metadata, resourceVersion: live.metadata.resourceVersion ?? "" } },
    };
  if (
    live.metadata.deletionTimestamp !== undefined &&
    JSON.stringify(live.metadata) === JSON.stringify(marked.metadata)
  )
    return { removed: false, object: live };
  const stored = kernel.store.put(info.collection, key, marked).object;
  strategy.afterWrite?.(stored, live, context);
  return { removed: false, object: stored };
}

function markDeleted(
  live: KubeObject,
  info: ResourceInfo,
  finalizers: string[],
  graceSeconds: number,
  now: Date,
): KubeObject {
  const { metadata } = live;
  const marked: KubeObject = { ...live, metadata: { ...metadata } };
  if (finalizers.length > 0) marked.metadata.finalizers = finalizers;
  else delete marked.metadata.finalizers;
  const shortened =
    metadata.deletionTimestamp !== undefined && graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0);
  if (metadata.deletionTimestamp === undefined || shortened) {
    marked.metadata.deletionTimestamp = formatTime(new Date(now.getTime() + graceSeconds * 1_000));
    marked.metadata.deletionGracePeriodSeconds = graceSeconds;
    if (typeof metadata.generation === "number" && metadata.deletionTimestamp === undefined)
      marked.metadata.generation = metadata.generation + 1;
  }
  if (info.kind === "Namespace" && info.group === "")
    marked["status"] = { ...(live["status"] as object | undefined), phase: "Terminating" };
  return orderObject(marked, info);
}
