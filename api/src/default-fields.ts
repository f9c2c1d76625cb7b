import { cloneJson } from "@eddy/core/object";
import { isObject } from "@eddy/core/json";
import type { JsonSchema } from "./schema.ts";

/**
 * Fills in the schema's defaults where a member is absent, in place, as the API server does: a default is set before its
 * own members are looked at, and `null` stays where the schema has no default for it.
 */
export function defaultFields(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) defaultFields(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const current = value[name];
    if ((current === undefined || current === null) && member.default !== undefined)
      value[name] = cloneJson(member.default) as never;
    if (value[name] !== undefined) defaultFields(value[name], member);
  }
  if (schema.additionalProperties)
    for (const key of Object.keys(value)) defaultFields(value[key], schema.additionalProperties);
}
