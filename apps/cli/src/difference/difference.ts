import type { Json } from "@eddy/core/json";

/** What is different at one place: a value that became another, entries that went and came, or an order. */
export type Detail =
  | { kind: "modified"; from: Json; to: Json }
  /** Entries of a map, or of a list. */
  | { kind: "removed" | "added"; entries: EntrySet }
  /** The entries that both lists have, or their names. */
  | { kind: "reordered"; from: readonly Json[]; to: readonly Json[] };

/** Some entries of a map or of a list. */
export type EntrySet =
  | { of: "map"; values: readonly (readonly [key: string, value: Json])[] }
  | { of: "list"; values: readonly Json[] };

/** A place in an object and what is different there. The path is of keys, of names of list items, and of indexes. */
export interface Difference {
  path: readonly string[];
  details: readonly Detail[];
}
