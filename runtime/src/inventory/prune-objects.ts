import { messageOf, EddyError } from "@eddy/core/errors";
import { formatObjectName } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import {
  compareRefs,
  controlsOf,
  isOwnedBy,
  type AppliedMemory,
  type ChangeEntry,
  type Owner,
} from "../apply/index.ts";
import type { InventoryObject } from "./inventory.ts";

/** Not everything could be deleted. `survivors` must stay in the inventory. */
export class PruneError extends EddyError {
  override readonly name = "PruneError";
  readonly survivors: readonly InventoryObject[];
  /** What was deleted or skipped all the same. */
  readonly changes: readonly ChangeEntry[];

  constructor(message: string, survivors: readonly InventoryObject[], changes: readonly ChangeEntry[], cause: unknown) {
    super("PRUNE_FAILED", message, { cause });
    this.survivors = survivors;
    this.changes = changes;
  }
}

/** Options of {@link pruneObjects}. */
export interface PruneOptions {
  kube: KubeClient;
  owner: Owner;
  /** Forgets what is deleted. */
  memory?: AppliedMemory;
  signal?: AbortSignal;
}

/**
 * Deletes objects in the reverse of the apply order, in the background. Deleted are only objects with both ownership
 * labels and without a control that forbids it; others are skipped; what is gone already counts as deleted. Idempotent.
 * @throws PruneError
 */
export async function pruneObjects(objects: readonly InventoryObject[], options: PruneOptions): Promise<ChangeEntry[]> {
  const reversed = [...objects].sort((left, right) => compareRefs(right.ref, left.ref));
  const changes: ChangeEntry[] = [];
  const survivors: InventoryObject[] = [];
  const failures: string[] = [];
  let cause: unknown;
  for (const object of reversed) {
    options.signal?.throwIfAborted();
    try {
      changes.push({ ...object, action: await pruneObject(object, options) });
    } catch (error) {
      cause = error;
      survivors.push(object);
      failures.push(messageOf(error));
    }
  }
  if (failures.length === 0) return changes;
  throw new PruneError(
    `delete failed, errors: ${failures.map((text) => `${text};`).join("")}`,
    survivors,
    changes,
    cause,
  );
}

async function pruneObject({ ref, version }: InventoryObject, options: PruneOptions): Promise<"deleted" | "skipped"> {
  const { kube, owner, memory, signal } = options;
  const subject = formatObjectName(ref);
  const cancel = signal ? { signal } : {};
  try {
    const { metadata } = await kube.get({ ...ref, version }, { metadataOnly: true, ...cancel });
    const controls = controlsOf(metadata);
    if (!isOwnedBy(metadata, owner) || controls.ignored || controls.keep) return "skipped";
    memory?.beginWrite(ref);
    try {
      const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };
      await kube.delete({ ...ref, version }, { propagationPolicy: "Background", ...preconditions, ...cancel });
      memory?.forget(ref);
    } catch (error) {
      // Gone meanwhile, or replaced by an object of somebody else.
      if (!hasReason(error, "NotFound", "Conflict"))
        throw new Error(`${subject} delete failed: ${messageOf(error)}`, { cause: error });
    } finally {
      memory?.endWrite(ref);
    }
  } catch (error) {
    // A kind that is not served any more has no objects.
    if (!hasReason(error, "NotFound", "NoKindMatch")) throw prefixed(subject, error);
  }
  return "deleted";
}

function prefixed(subject: string, error: unknown): Error {
  const text = messageOf(error);
  return text.startsWith(subject) ? (error as Error) : new Error(`${subject} query failed: ${text}`, { cause: error });
}
