import type { Values } from "./values.ts";
import { JsonValueReader } from "./set-json.ts";
import { type SetReader, SetParser } from "./set-parser.ts";
import { HelmError } from "../error.ts";
import { isObject, type Json } from "@eddy/core/json";
import { mergeMaps, toFloats } from "./read-values.ts";

/**
 * Applies `--set` in place: `a.b[0]=1,c={x,y}`. Whole numbers become int64, which is a bigint here; true, false and null are those.
 * Source: Helm `strvals.ParseInto`.
 * @throws HelmError (terminal) in Helm's words
 */
export function setValues(text: string, into: Values): void {
  new SetParser(text, { escapes: true, read: typedValue }).parse(into);
}

/** Applies `--set-string` in place: everything is text. @throws HelmError (terminal) */
export function setStringValues(text: string, into: Values): void {
  new SetParser(text, { escapes: true, read: (value) => value }).parse(into);
}

/** Applies `--set-file` in place: values are paths, which `read` gives the text of. @throws HelmError, and what `read` throws */
export function setFileValues(text: string, into: Values, read: (path: string) => string): void {
  new SetParser(text, { escapes: true, read }).parse(into);
}

/** Applies `--set-literal` in place: everything behind the first `=` is the text. @throws HelmError (terminal) */
export function setLiteralValues(text: string, into: Values): void {
  new SetParser(text, { escapes: false, read: (value) => value }).parse(into);
}

/**
 * Applies `--set-json`: `a=[1],b={"c":2}` in place, or an object that is merged. Returns the values.
 * @throws HelmError (terminal) in Helm's words
 */
export function setJsonValues(text: string, into: Values): Values {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) {
    new SetParser(text, { escapes: true, read: typedValue, json: new JsonValueReader() }).parse(into);
    return into;
  }
  const value = parseJson(trimmed);
  if (!isObject(value)) throw new HelmError(`failed parsing --set-json data JSON: ${text}`);
  return mergeMaps(into, toFloats(value) as Values);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

const typedValue: SetReader = (text) => {
  const lower = text.toLowerCase();
  if (lower === "true") return true;
  if (lower === "false") return false;
  if (lower === "null") return null;
  if (text === "0") return 0n;
  return !text.startsWith("0") && isInt64(text) ? BigInt(text.replace(/^\+/, "")) : text;
};

function isInt64(text: string): boolean {
  if (!/^[+-]?[0-9]{1,30}$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}
