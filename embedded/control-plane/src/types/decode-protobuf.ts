/**
 * Reads `application/vnd.kubernetes.protobuf` bodies into the JSON they stand for. Typed Go clients send them, and have no
 * fallback when refused. Source: apimachinery runtime/serializer/protobuf; field numbers come from the go-facts pack.
 */
import type { JsonObject } from "@eddy/core/json";
import { badRequest } from "../status-error.ts";
import { structAt, structOfKind, type GoField, type GoStruct, type GoType } from "./go-type.ts";

const maxDepth = 128;

type WireValue = { wire: 0; value: bigint } | { wire: 1 | 5; value: Uint8Array } | { wire: 2; value: Uint8Array };

/** Every field of a message in wire order. Bounds are checked; groups are refused. */
function* readFields(bytes: Uint8Array): Generator<[number, WireValue]> {
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw truncated();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw badRequest("decode protobuf body: a varint is longer than 10 bytes");
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw truncated();
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) yield [tag >>> 3, { wire, value: varint() }];
    else if (wire === 1) yield [tag >>> 3, { wire, value: take(8) }];
    else if (wire === 2) yield [tag >>> 3, { wire, value: take(Number(varint())) }];
    else if (wire === 5) yield [tag >>> 3, { wire, value: take(4) }];
    else throw badRequest(`decode protobuf body: wire type ${wire} is not supported`);
  }
}

const truncated = (): Error => badRequest("decode protobuf body: unexpected EOF");

const text = (value: Uint8Array): string => Buffer.from(value).toString("utf8");

const magic = [0x6b, 0x38, 0x73, 0x00];

/**
 * The object in the body, with apiVersion and kind.
 * @throws StatusError 400 for a body that is not in the envelope, is cut, or is of a kind that Go does not know.
 */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (!magic.every((byte, index) => body[index] === byte)) {
    throw badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  let apiVersion = "";
  let kind = "";
  let raw: Uint8Array = new Uint8Array();
  for (const [number, field] of readFields(body.subarray(4))) {
    if (field.wire !== 2) continue;
    if (number === 2) raw = field.value;
    if (number !== 1) continue;
    for (const [inner, value] of readFields(field.value)) {
      if (value.wire !== 2) continue;
      if (inner === 1) apiVersion = text(value.value);
      if (inner === 2) kind = text(value.value);
    }
  }
  const struct =
    structOfKind(apiVersion, kind) ?? (kind === "DeleteOptions" ? structOfKind("meta.k8s.io/v1", kind) : undefined);
  if (!struct) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...readMessage(raw, struct, 0) };
}

function readMessage(bytes: Uint8Array, struct: GoStruct, depth: number): JsonObject {
  if (depth > maxDepth) throw badRequest("decode protobuf body: nested too deeply");
  const byNumber = numbered(struct);
  const result: JsonObject = {};
  for (const [number, wire] of readFields(bytes)) {
    const field = byNumber.get(number);
    if (!field) continue;
    if (field.inline && field.type.form === "struct" && wire.wire === 2) {
      Object.assign(result, readMessage(wire.value, structAt(field.type.index), depth + 1));
    } else result[field.name] = readInto(result[field.name], field.type, wire, depth) as never;
  }
  return result;
}

const numberIndex = new WeakMap<GoStruct, Map<number, GoField>>();

function numbered(struct: GoStruct): Map<number, GoField> {
  let index = numberIndex.get(struct);
  if (!index) {
    index = new Map(struct.fields.filter((field) => field.proto > 0).map((field) => [field.proto, field]));
    numberIndex.set(struct, index);
  }
  return index;
}

/** Adds one occurrence of a field to what was read of it before: lists and maps repeat their field. */
function readInto(before: unknown, type: GoType, wire: WireValue, depth: number): unknown {
  if (type.form === "pointer") return readInto(before, type.to, wire, depth);
  if (type.form === "slice" && type.wrapped) return readWrapped(wire);
  if (type.form === "slice") {
    const items = (before as unknown[] | undefined) ?? [];
    items.push(readOne(type.of, wire, depth));
    return items;
  }
  if (type.form === "map" && wire.wire === 2) {
    const map = (before as JsonObject | undefined) ?? {};
    let key = "";
    let value: unknown;
    for (const [number, field] of readFields(wire.value)) {
      if (number === 1 && field.wire === 2) key = text(field.value);
      else if (number === 2) value = readOne(type.of, field, depth);
    }
    Object.defineProperty(map, key, {
      value: value ?? emptyOf(type.of),
      enumerable: true,
      writable: true,
      configurable: true,
    });
    return map;
  }
  return readOne(type, wire, depth);
}

const emptyOf = (type: GoType): unknown =>
  type.form === "string" || type.form === "bytes" ? "" : type.form === "slice" ? [] : undefined;

function readWrapped(wire: WireValue): string[] {
  const items: string[] = [];
  if (wire.wire !== 2) return items;
  for (const [number, field] of readFields(wire.value))
    if (number === 1 && field.wire === 2) items.push(text(field.value));
  return items;
}

function readOne(type: GoType, wire: WireValue, depth: number): unknown {
  if (wire.wire === 0) return readVarint(type, wire.value);
  const bytes = wire.value;
  if (wire.wire !== 2)
    return type.form === "float64" && wire.wire === 1
      ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true)
      : undefined;
  switch (type.form) {
    case "pointer":
      return readOne(type.to, wire, depth);
    case "slice":
      return type.wrapped ? readWrapped(wire) : undefined;
    case "struct":
      return readMessage(bytes, structAt(type.index), depth + 1);
    case "string":
      return text(bytes);
    case "bytes":
      return Buffer.from(bytes).toString("base64");
    default:
      return readSpecial(type, bytes);
  }
}

function readVarint(type: GoType, value: bigint): unknown {
  if (type.form === "pointer") return readVarint(type.to, value);
  if (type.form === "bool") return value !== 0n;
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function readSpecial(type: GoType, bytes: Uint8Array): unknown {
  const fields = new Map(readFields(bytes));
  const first = fields.get(1);
  const integer = (number: number): number => {
    const field = fields.get(number);
    return field?.wire === 0 ? Number(BigInt.asIntN(64, field.value)) : 0;
  };
  switch (type.form) {
    case "quantity":
      return first?.wire === 2 ? text(first.value) : "0";
    case "raw":
    case "fields":
    case "json":
      return first?.wire === 2 ? parseJson(first.value) : null;
    case "time":
    case "microTime":
      return readTime(integer(1), integer(2), fields.size === 0);
    case "duration":
      return `${integer(1) / 1e9}s`;
    case "intOrString": {
      const named = fields.get(3);
      return integer(1) === 1 ? (named?.wire === 2 ? text(named.value) : "") : integer(2);
    }
    default:
      return undefined;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes));
  } catch {
    throw badRequest("decode protobuf body: an embedded JSON value cannot be parsed");
  }
}

/** Go's zero time is written as an empty message or as the year 1. */
function readTime(seconds: number, nanos: number, empty: boolean): string | null {
  if (empty || seconds <= -62_135_596_800) return null;
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${String(Math.floor(nanos / 1_000)).padStart(6, "0")}Z`;
}
