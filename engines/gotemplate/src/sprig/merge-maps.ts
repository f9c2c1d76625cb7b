import { setMember } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { type GoMap, type GoValue, isMap, Struct } from "../value/go-value.ts";
import { CallError } from "./call-error.ts";
import { isEmpty } from "./empty.ts";

/**
 * Puts the members of `source` into `target`, which is changed; maps in maps are merged in place, everything else is shared.
 * Without `overwrite`, members are set that are missing or empty (0, "", false, nil, no items), and nil sets nothing; with it, all
 * are set, empty ones and nil too. Source: mergo 1.0.1 as sprig's merge and mergeOverwrite call it.
 * @throws CallError where a map meets a pointer, unless overwriting
 */
export function mergeMaps(target: GoMap, source: GoMap, overwrite: boolean): void {
  for (const key of Object.keys(source)) {
    const value = source[key] ?? null;
    const old = Object.hasOwn(target, key) ? target[key] : null;
    if (value === null) {
      if (overwrite) set(target, key, null);
      continue;
    }
    if (isMap(value) && old !== null) {
      if (isMap(old)) mergeMaps(old, value, overwrite);
      else if (!overwrite && old instanceof Struct && old.type.kind === "ptr") {
        throw new CallError("src and dst must be of same type");
      }
    }
    if (replaces(value, old, overwrite)) set(target, key, value);
  }
}

function replaces(value: GoValue, old: GoValue, overwrite: boolean): boolean {
  if (isEmpty(old)) return true;
  return overwrite && !(isMap(value) && isMap(old));
}

function set(map: GoMap, key: string, value: GoValue): void {
  setMember(map as JsonObject, key, value as never);
}
