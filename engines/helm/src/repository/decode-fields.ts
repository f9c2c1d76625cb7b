import { compareText, isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { formatFloat32 } from "../decode/format-float32.ts";
import { indexError } from "./index-error.ts";
import type { Field, FieldKind, Fields } from "./version-fields.ts";

/** How a document is read. */
export interface DecodeOptions {
  /** As sigs.k8s.io/yaml's `UnmarshalStrict` reads YAML: unknown fields are errors, scalars become text. JSON is read without. */
  isYaml: boolean;
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
    const inner = { ...options, path: [...options.path, field.name] };
    const member = field.isList ? decodeList(given, field.kind, inner) : decodeMember(given, field.kind, inner);
    if (field.always || !isEmpty(member)) decoded[field.name] = member ?? emptyOf(field);
  }
  return decoded;
}

function refuseUnknown(value: JsonObject, fields: Fields, { isYaml }: DecodeOptions): void {
  if (!isYaml) return;
  for (const key of Object.keys(value)) {
    if (!fields.some(({ name }) => name === key || name.toLowerCase() === key.toLowerCase()))
      throw undecodable(`json: unknown field ${JSON.stringify(key)}`);
  }
}

/** Go's decoder takes a member's name in any case. */
function foldedMember(value: JsonObject, name: string): Json | undefined {
  for (const key in value) if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return value[key];
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
      return formatGoTime(decodeText(value, options));
    default:
      return undefined;
  }
}

function decodeText(value: Json, options: DecodeOptions): string {
  if (typeof value === "string") return value;
  if (options.isYaml) {
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
function formatGoTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match || Number.isNaN(Date.parse(`${match[1]}Z`)))
    throw indexError(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
  const [, seconds = "", fraction = "", offset = ""] = match;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}${/^[+-]00:00$/.test(offset) ? "Z" : offset}`;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function emptyOf({ kind }: Field): Json {
  return kind === "text" ? "" : kind === "time" ? zeroTime : null;
}

function mismatch(value: Json, wanted: string, { struct, path }: DecodeOptions): Error {
  const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  const kind = found === "bigint" ? "number" : found;
  return undecodable(
    `json: cannot unmarshal ${kind} into Go struct field ${struct}.${path.join(".")} of type ${wanted}`,
  );
}

function undecodable(problem: string): Error {
  return indexError(`error unmarshaling JSON: while decoding JSON: ${problem}`);
}
