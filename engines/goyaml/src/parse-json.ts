import type { Json } from "@eddy/core/json";

/** The value of a text that is JSON, integers beyond 2^53 as bigint, or undefined if it is not JSON. */
export function parseJson(text: string): Json | undefined {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text, /\d{16}/.test(text) ? keepIntegers : undefined) as Json;
  } catch {
    return undefined;
  }
}

function keepIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return /^-?\d{16,20}$/.test(context?.source ?? "") ? BigInt(context?.source ?? 0) : value;
}
