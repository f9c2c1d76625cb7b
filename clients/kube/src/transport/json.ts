import type { Json } from "@eddy/core/json";

type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A number of 16 digits or more outside of the first glance at a string: only then is the slow, exact way taken. */
const longInteger = /[[:,]\s*-?\d{16,}/;

/** Parses an answer; integers beyond 2^53 become `bigint`, so that they are written back as they were. */
export function decodeJson(text: string): unknown {
  return longInteger.test(text)
    ? (JSON.parse(text, exactInteger as (key: string, value: unknown) => unknown) as unknown)
    : (JSON.parse(text) as unknown);
}

const exactInteger: SourceReviver = (_key, value, { source }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;

/** JSON text of a value that may hold `bigint`. */
export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, member: Json) =>
      typeof member === "bigint" ? rawJson(member.toString()) : member,
    );
  }
}
