import type { Value } from "./values.ts";

/** A value as Go's `%v` prints it. */
export function formatValue(value: Value): string {
  return JSON.stringify(value);
}
