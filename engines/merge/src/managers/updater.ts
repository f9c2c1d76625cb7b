import { deepEqual, type JsonObject } from "@eddy/core/json";
import {
  emptySet,
  intersectSets,
  isSubset,
  subtractSet,
  subtractSubtrees,
  unionSets,
  type FieldSet,
} from "../fields/field-set.ts";
import { compareValues, excludeFields, type Comparison } from "../typed/compare-values.ts";
import type { MergeType } from "../typed/merge-type.ts";
import { mergeValues } from "../typed/merge-values.ts";
import { reconcileSchema } from "../typed/reconcile-schema.ts";
import { toFieldSet } from "../typed/to-field-set.ts";
import { pruneObject } from "./prune.ts";
import type { ManagerEntry, ResourceSchema } from "./types.ts";
import { inVersion } from "./versions.ts";

/** Managers by identity. */
export type Fields = Map<string, ManagerEntry>;

/** What each other manager owns with another value, by identity. */
export type Conflicts = Map<string, FieldSet>;

/** What {@link mergeApply} came to; `object` is absent where the merge gives the live object again. */
export type MergeOutcome =
  | { kind: "merged"; object: JsonObject | undefined; fields: Fields }
  | { kind: "conflict"; conflicts: Conflicts };

/** Who writes, by identity, in which version. */
export interface Writer {
  id: string;
  apiVersion: string;
}

/**
 * One server-side apply on typed values: merge, prune what the manager no longer names, find conflicts.
 * Both objects must fit the type of the writer's version. Source: structured-merge-diff v6 `merge/update.go`.
 */
export function mergeApply(
  schema: ResourceSchema,
  objects: { live: JsonObject; config: JsonObject; type: MergeType },
  fields: Fields,
  writer: Writer & { force: boolean },
): MergeOutcome {
  const { live, config, type } = objects;
  const managers = reconcileManagers(schema, fields);
  const merged = mergeValues(type, live, config) as JsonObject;
  const last = managers.get(writer.id);
  const set = subtractSubtrees(toFieldSet(type, config), schema.resetFields?.(writer.apiVersion) ?? emptySet);
  managers.set(writer.id, { set, apiVersion: writer.apiVersion, applied: true });
  const object = namesEverything(last, writer.apiVersion, set)
    ? merged
    : pruneObject(schema, merged, managers, writer.id, last);
  const outcome = takeOver(schema, { live, next: object }, managers, writer);
  if ("conflicts" in outcome) return { kind: "conflict", conflicts: outcome.conflicts };
  return { kind: "merged", object: deepEqual(live, object) ? undefined : object, fields: outcome.fields };
}

/** Whether the new set still has all that the last one had: then nothing can be pruned. */
function namesEverything(last: ManagerEntry | undefined, apiVersion: string, set: FieldSet): boolean {
  if (last === undefined || last.set.size === 0) return true;
  return last.apiVersion === apiVersion && isSubset(last.set, set);
}

/** Ownership after any other write: the writer owns what it added and changed, nobody what is gone. */
export function mergeUpdate(
  schema: ResourceSchema,
  objects: { live: JsonObject; next: JsonObject },
  fields: Fields,
  writer: Writer,
): Fields {
  const outcome = takeOver(schema, objects, reconcileManagers(schema, fields), { ...writer, force: true });
  if ("conflicts" in outcome) return fields;
  const { fields: managers, comparison } = outcome;
  const before = managers.get(writer.id)?.set ?? emptySet;
  const kept = subtractSet(before, comparison.removed);
  const owned = unionSets(unionSets(kept, comparison.modified), comparison.added);
  const set = subtractSubtrees(owned, schema.resetFields?.(writer.apiVersion) ?? emptySet);
  if (set.size === 0) managers.delete(writer.id);
  else managers.set(writer.id, { set, apiVersion: writer.apiVersion, applied: false });
  return managers;
}

const reconciled = new WeakMap<FieldSet, { type: MergeType; set: FieldSet }>();

function reconcileManagers(schema: ResourceSchema, fields: Fields): Fields {
  const result: Fields = new Map();
  for (const [id, entry] of fields) {
    const type = schema.typeOf(entry.apiVersion);
    if (type === undefined) continue;
    const set = reconcileCached(entry.set, type);
    result.set(id, set === entry.set ? entry : { ...entry, set });
  }
  return result;
}

function reconcileCached(set: FieldSet, type: MergeType): FieldSet {
  const known = reconciled.get(set);
  if (known?.type === type) return known.set;
  const result = reconcileSchema(set, type);
  reconciled.set(set, { type, set: result });
  return result;
}

type TakeOver = { fields: Fields; comparison: Comparison } | { conflicts: Conflicts };

function takeOver(
  schema: ResourceSchema,
  objects: { live: JsonObject; next: JsonObject },
  managers: Fields,
  writer: Writer & { force: boolean },
): TakeOver {
  const comparisons = new Comparisons(schema, objects);
  const comparison = comparisons.at(writer.apiVersion) as Comparison;
  const conflicts: Conflicts = new Map();
  const removed: Conflicts = new Map();
  for (const [id, entry] of managers) {
    if (id === writer.id) continue;
    const changes = comparisons.at(entry.apiVersion);
    if (changes === undefined) {
      managers.delete(id);
      continue;
    }
    const conflict = intersectSets(entry.set, unionSets(changes.modified, changes.added));
    if (conflict.size > 0) conflicts.set(id, conflict);
    if (changes.removed.size > 0) removed.set(id, changes.removed);
  }
  if (!writer.force && conflicts.size > 0) return { conflicts };
  subtractFromManagers(managers, conflicts);
  subtractFromManagers(managers, removed);
  for (const [id, entry] of managers) if (entry.set.size === 0) managers.delete(id);
  return { fields: managers, comparison };
}

function subtractFromManagers(managers: Fields, lost: Conflicts): void {
  for (const [id, set] of lost) {
    const entry = managers.get(id) as ManagerEntry;
    const kept = subtractSet(entry.set, set);
    if (kept.size !== entry.set.size || kept !== entry.set) managers.set(id, { ...entry, set: kept });
  }
}

/** The same change seen in each version that a manager wrote in, without what its version resets. */
class Comparisons {
  private readonly known = new Map<string, Comparison>();
  private readonly schema: ResourceSchema;
  private readonly objects: { live: JsonObject; next: JsonObject };

  constructor(schema: ResourceSchema, objects: { live: JsonObject; next: JsonObject }) {
    this.schema = schema;
    this.objects = objects;
  }

  at(apiVersion: string): Comparison | undefined {
    const known = this.known.get(apiVersion);
    if (known !== undefined) return known;
    const type = this.schema.typeOf(apiVersion);
    if (type === undefined) return undefined;
    const live = inVersion(this.schema, this.objects.live, apiVersion);
    const next = inVersion(this.schema, this.objects.next, apiVersion);
    const comparison = excludeFields(compareValues(type, live, next), this.schema.resetFields?.(apiVersion));
    this.known.set(apiVersion, comparison);
    return comparison;
  }
}
