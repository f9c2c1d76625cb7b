import { compareText, isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { formatFloat32 } from "../decode/format-float32.ts";
import { indexError } from "./index-error.ts";
import type { Field, FieldKind, Fields } from "./version-fields.ts";

/** How a document is read. */
export interface DecodeOptions {
  /** As sigs.k8s.io/yaml's `UnmarshalStrict` reads YAML: unknown fields are errors. JSON is read without. */
  isYaml: boolean;
  /** Scalars become text where text is wanted. */
  coerces: boolean;
  /** What errors call the struct and the path to it: `ChartVersion`, `entries`. */
  struct: string;
  path: readonly string[];
}

const zeroTime = "0001-01-01T00:00:00Z";

/**
 * The struct with its fields in Go's order, empty ones left out, ready for `JSON.stringify`.
 * @throws HelmError HELM_INDEX in Go's words for a field that is unknown or of another type
 */
export function decodeFields(value: JsonObject, fields: Fields, options: DecodeOptions): JsonObject {
  refuseUnknown(value, fields, options);
  const decoded: JsonObject = {};
  for (const field of fields) {
    const given = memberOf(value, field.name) ?? foldedMember(value, field.name);
    const inner =
      field.embedded === undefined
        ? { ...options, path: [...options.path, field.name] }
        : { ...options, coerces: false, path: [...options.path, field.embedded, field.name] };
    const member = field.isList ? decodeList(given, field.kind, inner) : decodeMember(given, field.kind, inner);
    if (field.always || !isEmpty(member)) decoded[field.name] = member ?? emptyOf(field);
  }
  return decoded;
}

function refuseUnknown(value: JsonObject, fields: Fields, { isYaml }: DecodeOptions): void {
  if (!isYaml) return;
  for (const key of Object.keys(value)) {
    if (!fields.some(({ name }) => name === key || name.toLowerCase() === key.toLowerCase()))
      throw undecodable(true, `json: unknown field ${JSON.stringify(key)}`);
  }
}

/** Go's decoder takes a member's name in any case. */
function foldedMember(value: JsonObject, name: string): Json | undefined {
  for (const key in value)
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return value[key];
  return undefined;
}

function decodeList(value: Json | undefined, kind: FieldKind, options: DecodeOptions): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw mismatch(value, "[]interface {}", options);
  return value.map((item) => (item === null ? null : (decodeMember(item, kind, options) ?? null)));
}

function decodeMember(value: Json | undefined, kind: FieldKind, options: DecodeOptions): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(kind)) {
    if (!isObject(value)) throw mismatch(value, "object", options);
    return decodeFields(value, kind as Fields, options);
  }
  switch (kind) {
    case "anything":
      return plain(value);
    case "text":
      return decodeText(value, options);
    case "texts":
      if (!Array.isArray(value)) throw mismatch(value, "[]string", options);
      return value.map((item) => (item === null ? "" : decodeText(item, options)));
    case "flag":
      if (typeof value !== "boolean") throw mismatch(value, "bool", options);
      return value;
    case "map":
      return decodeMap(value, options);
    case "time":
      return formatGoTime(decodeText(value, options), options.isYaml);
    default:
      return undefined;
  }
}

function decodeText(value: Json, options: DecodeOptions): string {
  if (typeof value === "string") return value;
  if (options.coerces) {
    if (typeof value === "boolean" || typeof value === "bigint") return String(value);
    if (typeof value === "number")
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? String(BigInt(value)) : formatFloat32(value);
  }
  throw mismatch(value, "string", options);
}

function decodeMap(value: Json, options: DecodeOptions): JsonObject {
  if (!isObject(value)) throw mismatch(value, "map[string]string", options);
  const decoded: JsonObject = {};
  for (const key of Object.keys(value).sort(compareText)) {
    const member = value[key];
    setMember(decoded, key, member === null || member === undefined ? "" : decodeText(member, options));
  }
  return decoded;
}

/** Without integers beyond what a float64 holds, and with sorted keys: what Go has of an `any`. */
function plain(value: Json): Json {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort(compareText)) setMember(sorted, key, plain(value[key] ?? null));
  return sorted;
}

/** RFC 3339 as Go writes it again: no zeros after the fraction, `Z` for no offset. @throws HelmError for another text */
function formatGoTime(text: string, isYaml: boolean): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match || Number.isNaN(Date.parse(`${match[1]}Z`))) {
    const [rest, wanted] = unparsed(text);
    throw undecodable(
      isYaml,
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(wanted)}`,
    );
  }
  const [, seconds = "", fraction = "", offset = ""] = match;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}${/^[+-]00:00$/.test(offset) ? "Z" : offset}`;
}

const timeParts = [
  [/^\d{4}/, "2006"],
  [/^-/, "-"],
  [/^\d\d/, "01"],
  [/^-/, "-"],
  [/^\d\d/, "02"],
  [/^T/, "T"],
  [/^\d\d/, "15"],
  [/^:/, ":"],
  [/^\d\d/, "04"],
  [/^:/, ":"],
  [/^\d\d(?:[.,]\d+)?/, "05"],
] as const;

/** What Go's parser stumbles over, and what it wanted there. */
function unparsed(text: string): [string, string] {
  let rest = text;
  for (const [pattern, wanted] of timeParts) {
    const found = pattern.exec(rest);
    if (!found) return [rest, wanted];
    rest = rest.slice(found[0].length);
  }
  return [rest, "Z07:00"];
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function emptyOf({ kind }: Field): Json {
  return kind === "text" ? "" : kind === "time" ? zeroTime : null;
}

function mismatch(value: Json, wanted: string, { isYaml, struct, path }: DecodeOptions): Error {
  return undecodable(
    isYaml,
    `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${path.join(".")} of type ${wanted}`,
  );
}

/** An error of Go's decoder; sigs.k8s.io/yaml says before it what it was doing. */
export function undecodable(isYaml: boolean, problem: string): Error {
  return indexError(`${isYaml ? "error unmarshaling JSON: while decoding JSON: " : ""}${problem}`);
}

/** What Go's decoder calls a value. */
export function goKind(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}
