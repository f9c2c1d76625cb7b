import { deepEqual, isObject, memberOf, type Json } from "@eddy/core/json";
import type { SchemaNode } from "../schema-node.ts";

/**
 * The old item that an item of a list is compared with: by the keys of a list map; items of other lists have none.
 * Source: apiserver `pkg/cel/common/equality.go`.
 */
export function correlateItem(
  node: SchemaNode,
  items: readonly Json[],
  index: number,
  old: Json | undefined,
): Json | undefined {
  if (!Array.isArray(old) || node.raw["x-kubernetes-list-type"] !== "map") return undefined;
  const keys = node.raw["x-kubernetes-list-map-keys"];
  const item = items[index];
  if (!Array.isArray(keys) || !isObject(item)) return undefined;
  const wanted = keys.map((key) => memberOf(item, String(key)));
  if (wanted.includes(undefined)) return undefined;
  const same = (other: Json): boolean => {
    return isObject(other) && keys.every((key, place) => deepEqual(memberOf(other, String(key)), wanted[place]));
  };
  const found = old.filter(same);
  return found.length === 1 ? found[0] : undefined;
}
