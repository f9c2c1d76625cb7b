import type { JsonObject } from "@eddy/core/json";
import { emptySet, intersectSets, subtractSet, unionSets, type FieldSet } from "../fields/field-set.ts";
import type { MergeType } from "../typed/merge-type.ts";
import { withNamedFields } from "../typed/reconcile-schema.ts";
import { removeItems } from "../typed/remove-items.ts";
import { toFieldSet } from "../typed/to-field-set.ts";
import type { ManagerEntry, ResourceSchema } from "./types.ts";
import { inVersion } from "./versions.ts";

/**
 * The merged object without what the applier owned last time, no longer names, and nobody else owns. Works in the version of
 * the last apply; if that is no longer served nothing is pruned. Source: structured-merge-diff v6 `Updater.prune`.
 */
export function pruneObject(
  schema: ResourceSchema,
  merged: JsonObject,
  managers: ReadonlyMap<string, ManagerEntry>,
  applier: string,
  last: ManagerEntry | undefined,
): JsonObject {
  if (last === undefined || last.set.size === 0) return merged;
  const type = schema.typeOf(last.apiVersion);
  if (type === undefined) return merged;
  const before = inVersion(schema, merged, last.apiVersion);
  const lastNamed = withNamedFields(last.set, type);
  const removed = asObject(removeItems(type, before, lastNamed));
  const kept = addBackOwned(schema, { merged: before, pruned: removed }, managers, last.apiVersion);
  const result = asObject(
    removeItems(type, before, ownGone(type, before, inVersion(schema, kept, last.apiVersion), lastNamed)),
  );
  return inVersion(schema, result, managers.get(applier)?.apiVersion ?? last.apiVersion);
}

function asObject(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject;
}

/** What pruning took away that the applier itself owned: dangling items of others come back. */
function ownGone(type: MergeType, merged: JsonObject, pruned: JsonObject, lastNamed: FieldSet): FieldSet {
  const gone = subtractSet(
    withNamedFields(toFieldSet(type, merged), type),
    withNamedFields(toFieldSet(type, pruned), type),
  );
  return intersectSets(gone, lastNamed);
}

interface Pair {
  merged: JsonObject;
  pruned: JsonObject;
}

/** Pruned again, but for all that any manager owns; the version of the prune first, because it may be needed to convert. */
function addBackOwned(
  schema: ResourceSchema,
  start: Pair,
  managers: ReadonlyMap<string, ManagerEntry>,
  prunedVersion: string,
): JsonObject {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, set } of managers.values()) {
    owned.set(apiVersion, unionSets(owned.get(apiVersion) ?? emptySet, set));
  }
  const versions = [...owned.keys()].sort(
    (left, right) => Number(right === prunedVersion) - Number(left === prunedVersion),
  );
  let pair = start;
  for (const apiVersion of versions) {
    const type = schema.typeOf(apiVersion);
    if (type === undefined) continue;
    const merged = inVersion(schema, pair.merged, apiVersion);
    const pruned = inVersion(schema, pair.pruned, apiVersion);
    const keep = unionSets(
      withNamedFields(toFieldSet(type, pruned), type),
      withNamedFields(owned.get(apiVersion) ?? emptySet, type),
    );
    const drop = subtractSet(withNamedFields(toFieldSet(type, merged), type), keep);
    pair = { merged, pruned: asObject(removeItems(type, merged, drop)) };
  }
  return pair.pruned;
}
