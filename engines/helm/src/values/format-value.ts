import { int64, sprint, sprintf } from "@eddy/gotemplate";
import type { Value } from "./values.ts";

/** A value as Go's `%v` prints it. */
export function formatValue(value: Value): string {
  return sprint([toGo(value)]);
}

/** A value as Go's `%t` prints it, which upstream uses for values of all types. */
export function formatAsBool(value: Value): string {
  return sprintf("%t", [toGo(value)]);
}

function toGo(value: Value): unknown {
  if (typeof value === "bigint") return int64(value);
  if (Array.isArray(value)) return value.map(toGo);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toGo(member ?? null)]));
}
