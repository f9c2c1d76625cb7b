import { deepEqual, type JsonObject } from "@eddy/core/json";
import type { ManagedFieldsEntry } from "@eddy/core/object";
import { managedFieldsOf, withManagedFields } from "./managed-fields.ts";

/**
 * The object to store after a write: the live one where nothing but times in managedFields would change, so that a no-op gets no
 * new resourceVersion. Source: apiserver `fieldmanager/equality.go`.
 */
export function restoreTimes(live: JsonObject, next: JsonObject): JsonObject {
  const before = managedFieldsOf(live) ?? [];
  const after = managedFieldsOf(next) ?? [];
  if (before.length !== after.length || !sameEntries(before, after)) return next;
  return deepEqual(withManagedFields(live, undefined), withManagedFields(next, undefined)) ? live : next;
}

/** Entry by entry in their order, as the original compares them. */
function sameEntries(before: readonly ManagedFieldsEntry[], after: readonly ManagedFieldsEntry[]): boolean {
  const withoutTime = ({ time: _time, ...entry }: ManagedFieldsEntry): unknown => entry;
  return after.every((entry, index) => deepEqual(withoutTime(entry), withoutTime(before[index] as ManagedFieldsEntry)));
}
