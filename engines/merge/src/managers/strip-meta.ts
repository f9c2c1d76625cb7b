import { fieldSetOf, subtractSet } from "../fields/field-set.ts";
import type { Fields } from "./updater.ts";

/** What the API server itself keeps of an object and nobody owns. Exact paths: labels below metadata stay. */
const serverFields = fieldSetOf(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["f:metadata", `f:${name}`]),
);

/** Takes the server's own fields from the writer's entry; an entry left empty goes. Source: apimachinery `stripmeta.go`. */
export function stripServerFields(fields: Fields, id: string): void {
  const entry = fields.get(id);
  if (entry === undefined) return;
  const set = subtractSet(entry.set, serverFields);
  if (set.size === 0) fields.delete(id);
  else fields.set(id, { ...entry, set });
}
