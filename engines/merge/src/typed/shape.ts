import { isObject, type Json } from "@eddy/core/json";
import type { MergeType } from "./merge-type.ts";

/** Which member of a type handles a value. */
export type Shape = "map" | "list" | "scalar" | "none";

/**
 * The member of a type that handles this value: the value's own shape where the type has it, else the type's first
 * (map, scalar, list). Null and absent take the first. Source: structured-merge-diff v6 `deduceAtom`, `handleAtom`.
 */
export function shapeOf(type: MergeType, value: Json | undefined): Shape {
  if (value !== null && value !== undefined) {
    if (Array.isArray(value)) {
      if (type.list !== undefined) return "list";
    } else if (isObject(value)) {
      if (type.map !== undefined) return "map";
    } else if (type.scalar !== undefined) return "scalar";
  }
  if (type.map !== undefined) return "map";
  if (type.scalar !== undefined) return "scalar";
  return type.list === undefined ? "none" : "list";
}

/** The type of a map's entry, or undefined where the key is not declared and others are refused. */
export function entryType(map: NonNullable<MergeType["map"]>, key: string): MergeType | undefined {
  return map.fields.get(key)?.type ?? map.element;
}
