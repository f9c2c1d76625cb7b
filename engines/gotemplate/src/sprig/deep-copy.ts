import { setMember } from "@eddy/core/json";
import { type GoMap, type GoValue, isMap, Struct, tag, tagOf } from "../value/go-value.ts";
import type { JsonObject } from "@eddy/core/json";
import { isNil, nilList, nilMap } from "./nil.ts";

/** A copy of lists, maps and structs with all that is in them; types and nils stay. Source: mitchellh/copystructure 1.2. */
export function deepCopy(value: GoValue): GoValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return keepType(value, isNil(value) ? nilList() : value.map((item: GoValue) => deepCopy(item)));
  }
  if (isMap(value)) return copyMap(value);
  if (value instanceof Uint8Array) return value.slice();
  // A struct of another class has nothing that a template could change.
  if (value instanceof Struct && value.constructor === Struct) return new Struct(value.type, copyMap(value.fields));
  return value;
}

function copyMap(map: GoMap): GoMap {
  const copy: GoMap = isNil(map) ? nilMap() : {};
  for (const key of Object.keys(map)) setMember(copy as JsonObject, key, deepCopy(map[key]) as never);
  return keepType(map, copy);
}

function keepType<Value extends object>(from: object, to: Value): Value {
  const type = tagOf(from);
  return type === undefined ? to : tag(to, type);
}
