import type { Json } from "@eddy/core/json";
import { maxValueDepth } from "./yaml-dialect.ts";

/** The value of a text that is JSON, integers beyond 2^53 as bigint; undefined if it is not JSON, or nested too deep. */
export function parseJson(text: string): Json | undefined {
  if (!/^\s*[{["]/.test(text) || isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text, /\d{16}/.test(text) ? keepIntegers : undefined) as Json;
  } catch {
    return undefined;
  }
}

/** Counts brackets, those inside strings too: what is refused here by mistake is no manifest. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > maxValueDepth) return true;
  }
  return false;
}

function keepIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return /^-?\d{16,20}$/.test(context?.source ?? "") ? BigInt(context?.source ?? 0) : value;
}
