import { type GoMap, type GoValue, tag } from "../value/go-value.ts";
import type { GoType } from "../value/go-type.ts";

/**
 * Nil lists and maps that keep their Go type: empty ones that are marked. Templates see no difference to an empty one (range, len, if,
 * printing), JSON and YAML do: `toYaml (concat .a .b)` of nothing is `null`, and `deepEqual` tells them apart.
 */
const marked = new WeakSet<object>();

/** A nil slice, `[]interface {}` unless another type is given. */
export function nilList(type?: GoType | string): GoValue[] {
  const list: GoValue[] = [];
  marked.add(list);
  return type === undefined ? list : tag(list, type);
}

/** A nil `map[string]interface {}`. */
export function nilMap(): GoMap {
  const map: GoMap = {};
  marked.add(map);
  return map;
}

/** Whether a value is nil: null, or a marked list or map that is still empty. */
export function isNil(value: GoValue): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== "object" || !marked.has(value)) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
