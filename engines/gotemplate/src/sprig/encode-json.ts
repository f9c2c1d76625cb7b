import type { Json, JsonObject } from "@eddy/core/json";
import { compareGoStrings } from "../value/go-string.ts";
import type { GoValue } from "../value/go-value.ts";
import { jsonValueOf } from "./json-value.ts";

/** Options of {@link encodeJson}. */
export interface EncodeJsonOptions {
  /** Write `<`, `>`, `&` as they are. */
  rawHtml?: boolean;
  /** Two blanks a level. */
  pretty?: boolean;
}

/**
 * A value as Go's encoding/json writes it: keys by bytes, floats from 1e21 with an exponent, `<` as \u003c.
 * @throws CallError with Go's words for what JSON cannot hold
 */
export function encodeJson(value: GoValue, options: EncodeJsonOptions = {}): string {
  const plain = jsonValueOf(value, true);
  return write(plain, options.rawHtml === true ? rawText : htmlText, options.pretty === true ? "\n" : "");
}

type WriteText = (text: string) => string;

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Bytes that are no text are written as an escape, unlike a U+FFFD of the text itself. */
function quote(text: string): string {
  const quoted = JSON.stringify(text);
  if (text.isWellFormed()) return quoted;
  return quoted.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\\ufffd"));
}

function rawText(text: string): string {
  const quoted = quote(text);
  return /[\u2028\u2029]/.test(quoted) ? quoted.replace(/[\u2028\u2029]/g, escaped) : quoted;
}

function htmlText(text: string): string {
  const quoted = quote(text);
  return /[<>&\u2028\u2029]/.test(quoted) ? quoted.replace(/[<>&\u2028\u2029]/g, escaped) : quoted;
}

/** Source: encoding/json's floatEncoder. JavaScript has the same limits, but signs and pads exponents otherwise. */
function formatNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** `line` is a line feed with the blanks of the current level, "" for a value on one line. */
function write(value: Json, text: WriteText, line: string): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return writeList(value, text, line);
  return typeof value === "object" && value !== null ? writeObject(value, text, line) : String(value);
}

function writeList(items: readonly Json[], text: WriteText, line: string): string {
  if (items.length === 0) return "[]";
  const inner = line === "" ? "" : `${line}  `;
  return `[${items.map((item) => inner + write(item ?? null, text, inner)).join(",")}${line}]`;
}

function writeObject(object: JsonObject, text: WriteText, line: string): string {
  const keys = Object.keys(object).sort(compareGoStrings);
  if (keys.length === 0) return "{}";
  const inner = line === "" ? "" : `${line}  `;
  const colon = line === "" ? ":" : ": ";
  const members = keys.map((key) => inner + text(key) + colon + write(object[key] ?? null, text, inner));
  return `{${members.join(",")}${line}}`;
}
