import { setMember, type Json, type JsonObject } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import { dump, encodeNode, load, YamlError } from "@eddy/goyaml";
import { type FunctionTable, goFunction } from "../function.ts";
import { characterLength, encodeGoString } from "../value/go-string.ts";
import type { GoMap, GoValue } from "../value/go-value.ts";
import { CallError } from "./call-error.ts";
import { asDecodedList, asDecodedMap } from "./decode-json.ts";
import { jsonValueOf } from "./json-value.ts";
import { yamlNodeOf } from "./yaml-node.ts";

/** Errors that a function answers itself; anything else, such as a budget, goes on. */
export function isAnswer(error: unknown): error is CallError | YamlError {
  return error instanceof CallError || error instanceof YamlError;
}

function withoutLineFeed(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function encodeYaml(value: GoValue): string {
  let plain: Json;
  try {
    plain = jsonValueOf(value);
  } catch (error) {
    throw error instanceof CallError ? new CallError(`error marshaling into JSON: ${error.message}`) : error;
  }
  return withoutLineFeed(dump(plain));
}

/** Texts that helpers of charts hand to each other are the same again and again. */
const maxKeptCharacters = 1_000_000;
const maxKeptLength = 20_000;
const read = new Map<string, Json>();
let keptCharacters = 0;

function loadYaml(text: string): Json {
  const known = read.get(text);
  if (known !== undefined) return known;
  const value = load(text);
  if (text.length <= maxKeptLength) {
    keptCharacters += text.length;
    if (keptCharacters > maxKeptCharacters) {
      read.clear();
      keptCharacters = text.length;
    }
    read.set(text, value);
  }
  return value;
}

/** A copy in which all numbers are float64, because sigs.k8s.io/yaml goes through JSON. */
function copyAsFloats(value: Json | undefined): GoValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new CallError(`json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
  }
  if (Array.isArray(value)) return value.map(copyAsFloats);
  if (typeof value !== "object" || value === null) return value ?? null;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setMember(copy, key, copyAsFloats(value[key]) as never);
  return copy;
}

/** What go-yaml's reader says about the first bytes that are no UTF-8. */
function checkBytes(text: string): void {
  if (text.isWellFormed()) return;
  const bytes = encodeGoString(text);
  let at = 0;
  while (at < bytes.length && characterLength(bytes, at) > 0) at += characterLength(bytes, at);
  if (at >= bytes.length) return;
  const first = bytes[at] as number;
  const width = (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0;
  if (width === 0) throw new CallError("yaml: invalid leading UTF-8 octet");
  if (at + width > bytes.length) throw new CallError("yaml: incomplete UTF-8 octet sequence");
  const trailing = bytes.subarray(at + 1, at + width);
  if (trailing.some((byte) => (byte & 0xc0) !== 0x80)) throw new CallError("yaml: invalid trailing UTF-8 octet");
  throw new CallError(
    `yaml: invalid ${width > 2 && first !== 0xe0 && first !== 0xf0 ? "Unicode character" : "length of a UTF-8 sequence"}`,
  );
}

/** Nothing at all leaves the target as it is, which is empty. */
function decodeYaml<Value>(text: string, empty: Value, convert: (value: GoValue) => Value): Value {
  let value: GoValue;
  try {
    checkBytes(text);
    value = copyAsFloats(loadYaml(text));
  } catch (error) {
    throw isAnswer(error) ? new CallError(`error converting YAML to JSON: ${messageOf(error)}`) : error;
  }
  try {
    return value === null ? empty : convert(value);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new CallError(`error unmarshaling JSON: while decoding JSON: ${error.message}`);
  }
}

/** What `decode` gives, or what `otherwise` makes of its error. */
export function orError<Value>(decode: () => Value, otherwise: (message: string) => Value): Value {
  try {
    return decode();
  } catch (error) {
    if (isAnswer(error)) return otherwise(messageOf(error));
    throw error;
  }
}

/** Helm's convention: a map that could not be read has the error in it. */
export function errorMap(message: string): GoMap {
  return { Error: message };
}

/** Functions that read and write YAML. */
export const yamlFunctions: FunctionTable = {
  toYaml: goFunction(["any"], "string", (_, value) =>
    orError(
      () => encodeYaml(value),
      () => "",
    ),
  ),
  toYamlPretty: goFunction(["any"], "string", (_, value) =>
    orError(
      () => withoutLineFeed(encodeNode(yamlNodeOf(value), { indent: 2 })),
      () => "",
    ),
  ),
  fromYaml: goFunction(["string"], "map[string]any", (_, text) =>
    orError(() => decodeYaml<GoMap>(text, {}, asDecodedMap), errorMap),
  ),
  fromYamlArray: goFunction(["string"], "[]any", (_, text) =>
    orError(
      () => decodeYaml<GoValue[]>(text, [], asDecodedList),
      (message): GoValue[] => [message],
    ),
  ),
};

/** Helm 4 has it too. */
export const helm4YamlFunctions: FunctionTable = {
  mustToYaml: goFunction(["any"], "string", (_, value) => encodeYaml(value)),
};
