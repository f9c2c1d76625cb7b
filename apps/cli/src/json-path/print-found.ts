import { sprint } from "@eddy/gotemplate";
import { formatGoJson } from "@eddy/runtime/helm";
import { LiteralNumber } from "./compare-values.ts";
import type { Found } from "./evaluate.ts";

/** What a template found: several values of one path with a space between, maps and lists as JSON. */
export function printFound(results: readonly (readonly Found[])[]): string {
  return results.map((found) => found.map(printOne).join(" ")).join("");
}

function printOne(value: Found): string {
  if (value instanceof LiteralNumber) return value.isInteger ? String(value.value) : sprint([value.value]);
  if (value === null) return "null";
  return typeof value === "object" ? formatGoJson(value) : sprint([value]);
}
