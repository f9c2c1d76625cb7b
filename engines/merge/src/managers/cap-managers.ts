import { compareText } from "@eddy/core/json";
import { unionSets } from "../fields/field-set.ts";
import { formatIdentity, secondsOf } from "./managed-fields.ts";
import type { Managed, ManagerEntry } from "./types.ts";

/** How many Update managers an object may have before the oldest are merged. */
export const maxUpdateManagers = 10;

/**
 * Merges the oldest Update managers, version by version, into `ancient-changes` until no more than ten are left. A version
 * with one manager only cannot be merged. Source: apimachinery `managedfields/internal/capmanagers.go`.
 */
export function capUpdateManagers(managed: Managed): void {
  const updaters = [...managed.fields].filter(([, entry]) => !entry.applied).map(([id]) => id);
  if (updaters.length <= maxUpdateManagers) return;
  updaters.sort(
    (left, right) =>
      secondsOf(managed.times.get(left)) - secondsOf(managed.times.get(right)) || compareText(left, right),
  );
  const firstOfVersion = new Map<string, string>();
  let left = updaters.length;
  for (const id of updaters) {
    if (left <= maxUpdateManagers) return;
    const entry = managed.fields.get(id) as ManagerEntry;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) firstOfVersion.set(entry.apiVersion, id);
    else {
      mergeIntoBucket(managed, first, id, entry);
      left--;
    }
  }
}

function mergeIntoBucket(managed: Managed, first: string, id: string, entry: ManagerEntry): void {
  const bucket = formatIdentity({ manager: "ancient-changes", operation: "Update", apiVersion: entry.apiVersion });
  let target = managed.fields.get(bucket);
  if (target === undefined) {
    target = managed.fields.get(first) as ManagerEntry;
    managed.fields.delete(first);
  }
  managed.fields.set(bucket, { ...entry, set: unionSets(entry.set, target.set) });
  managed.fields.delete(id);
  const time = managed.times.get(id);
  if (time === undefined) managed.times.delete(bucket);
  else managed.times.set(bucket, time);
}
