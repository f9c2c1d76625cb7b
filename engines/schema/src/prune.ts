import { setMember, type Json, type JsonObject } from "@eddy/core/json";
import { maxDepth, tooDeep, type SchemaNode } from "./schema-node.ts";

const metaFields = new Set(["apiVersion", "kind", "metadata"]);

/** What pruning knows on its way. */
export interface PruneWalk {
  /** In the openapi dialect a schema that says nothing of its members keeps them. */
  keepsOpen: boolean;
  /** Collects the paths of what is dropped. */
  unknown: string[] | undefined;
}

/** Where the walk is; `root` keeps apiVersion, kind and metadata. */
interface Place {
  path: string;
  depth: number;
  root: boolean;
  /** Inside a list that preserves unknown fields: its items keep theirs. */
  keeps?: boolean;
}

/**
 * The value without what its schema does not have; the same value where nothing is dropped.
 * Source: apiextensions-apiserver `schema/pruning`.
 */
export function pruneValue(walk: PruneWalk, node: SchemaNode | undefined, value: Json, root: boolean): Json {
  return prune(walk, node, value, { path: "", depth: 0, root });
}

function prune(walk: PruneWalk, node: SchemaNode | undefined, value: Json, place: Place): Json {
  if (typeof value !== "object" || value === null) return value;
  if (place.depth > maxDepth) throw tooDeep();
  if (node === undefined && walk.keepsOpen) return value;
  if (Array.isArray(value)) return pruneList(walk, node, value, place);
  return pruneMap(walk, node, value, place);
}

function pruneList(walk: PruneWalk, node: SchemaNode | undefined, value: Json[], place: Place): Json[] {
  let result: Json[] | undefined;
  for (const [index, item] of value.entries()) {
    const keeps = (node?.preserve ?? false) || (place.keeps ?? false);
    const below = { path: `${place.path}[${index}]`, depth: place.depth + 1, root: false, keeps };
    const kept = keeps && node?.items === undefined ? item : prune(walk, node?.items, item, below);
    if (kept !== item) (result ??= [...value])[index] = kept;
  }
  return result ?? value;
}

function keepsUnknown(walk: PruneWalk, node: SchemaNode | undefined): boolean {
  if (node === undefined) return walk.keepsOpen;
  return node.preserve || (walk.keepsOpen && node.propertyNames().length === 0 && !node.hasAdditional);
}

function pruneMap(walk: PruneWalk, node: SchemaNode | undefined, value: JsonObject, place: Place): JsonObject {
  const keepsOthers = (place.keeps ?? false) || keepsUnknown(walk, node);
  const keepsMeta = place.root || (node?.embedded ?? false);
  let result: JsonObject | undefined;
  for (const key in value) {
    const member = value[key];
    if (member === undefined || (keepsMeta && metaFields.has(key))) continue;
    const property = node?.property(key);
    if (property === undefined && !(node?.hasAdditional ?? false)) {
      if (keepsOthers) continue;
      walk.unknown?.push(child(place.path, key));
      result ??= { ...value };
      delete result[key];
      continue;
    }
    const below = { path: child(place.path, key), depth: place.depth + 1, root: false };
    const kept = prune(walk, property ?? node?.additional, member, below);
    if (kept !== member) setMember((result ??= { ...value }), key, kept);
  }
  return result ?? value;
}

function child(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
