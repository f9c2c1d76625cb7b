import { Buffer } from "node:buffer";
import { type Json, type JsonObject, setMember } from "@eddy/core/json";
import { normalizeGoString } from "./go-string.ts";
import type { GoType } from "./go-type.ts";
import { Complex, type GoMap, type GoValue, isMap, Sequence, Struct, typeOf } from "./go-value.ts";
import { Integer } from "./integer.ts";

/**
 * What Go's encoding/json makes of a value, as plain data for the YAML and JSON writers: integers are numbers, or bigint
 * beyond 2^53; bytes are base64; structs are objects of their fields unless their type says otherwise. A value that is plain
 * already is returned as it is, not copied. Strings may still hold escapes of invalid UTF-8.
 * @throws TypeError with Go's words for what JSON cannot hold (functions, NaN, infinities).
 */
export function toPlain(value: GoValue): Json {
  switch (typeof value) {
    case "string":
      return normalizeGoString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`json: unsupported value: ${formatSpecial(value)}`);
      return value;
    case "boolean":
      return value;
    case "undefined":
      return null;
    default:
      return value === null ? null : objectToPlain(value as object);
  }
}

function formatSpecial(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function objectToPlain(value: object): Json {
  const { toJson, name } = typeOf(value) as GoType & { toJson?: (self: unknown) => unknown };
  if (toJson !== undefined) return toPlain(toJson(value));
  if (value instanceof Integer) return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : value.value;
  if (Array.isArray(value)) return listToPlain(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Struct) return mapToPlain(value.fields);
  if (value instanceof Complex || value instanceof Sequence || !isMap(value)) {
    throw new TypeError(`json: unsupported type: ${name}`);
  }
  return mapToPlain(value);
}

function listToPlain(list: readonly GoValue[]): Json[] {
  let copy: Json[] | undefined;
  for (const [index, item] of list.entries()) {
    const plain = toPlain(item);
    if (copy === undefined && plain !== item) copy = list.slice(0, index) as Json[];
    copy?.push(plain);
  }
  return copy ?? (list as Json[]);
}

function mapToPlain(map: GoMap): JsonObject {
  let isSame = true;
  const copy: JsonObject = {};
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    const plain = toPlain(value);
    if (plain !== value) isSame = false;
    setMember(copy, key, plain);
  }
  return isSame ? (map as JsonObject) : copy;
}
