import type { JsonSchema, Kind } from "@eddy/api";
import { formatDuration, parseDuration } from "@eddy/core/duration";
import { isObject, type Json } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/**
 * An object's spec as Flux writes it: durations in Go's form, `10m0s`, and without fields that are what they would be anyway
 * because their default is nothing. It means the same.
 */
export function canonicalSpec(kind: Kind, object: KubeObject): KubeObject {
  const version = kind.versions.find(({ storage }) => storage);
  const schema = version?.members["spec"];
  const spec = object["spec"] as Json | undefined;
  return schema === undefined || spec === undefined ? object : { ...object, spec: canonical(spec, schema) };
}

function canonical(value: Json, schema: JsonSchema): Json {
  if (typeof value === "string") return isDuration(schema) ? durationText(value) : value;
  if (Array.isArray(value)) return schema.items ? value.map((item) => canonical(item, schema.items ?? {})) : value;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]): (readonly [string, Json])[] => {
    const member = schema.properties?.[key];
    if (member === undefined || item === undefined) return item === undefined ? [] : [[key, item]];
    const isIdle = (item === false || item === "" || item === 0) && member.default === item;
    return isIdle && !schema.required?.includes(key) ? [] : [[key, canonical(item, member)]];
  });
  return Object.fromEntries(entries);
}

// Durations have a pattern of their own: api/src/structs/duration.ts.
function isDuration({ pattern }: JsonSchema): boolean {
  return pattern?.includes("(ms|s|m") === true;
}

function durationText(text: string): string {
  try {
    return formatDuration(parseDuration(text));
  } catch {
    return text;
  }
}
