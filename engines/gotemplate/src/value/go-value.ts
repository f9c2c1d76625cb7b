import type { GoFunction } from "../function.ts";
import { type GoType, goType } from "./go-type.ts";
import { Integer } from "./integer.ts";

/**
 * A value as a template sees it:
 *
 * | here | in Go |
 * |---|---|
 * | `undefined` | nothing at all (an invalid reflect.Value): a missing key, a nil that went through a pipeline |
 * | `null` | a nil interface held by a map or list; a nil map, list or pointer where a function's type says so |
 * | boolean, string | bool, string (bytes: see go-string.ts) |
 * | number | float64, as all numbers of YAML and JSON |
 * | {@link Integer} | int, int64 and the other integers: literals, `len`, results of functions |
 * | {@link Complex} | complex128 |
 * | plain object | map[string]interface {}; another map type if tagged ({@link tag}). Read members with memberOf |
 * | array | []interface {}; another slice type if tagged |
 * | Uint8Array | []byte |
 * | {@link Struct} | a struct or a pointer to one: fields that are missing are errors |
 * | {@link GoFunction} | a func |
 * | {@link Sequence} | an iterator func (iter.Seq, iter.Seq2) |
 */
export type GoValue = unknown;

/** A Go map with string keys. */
export type GoMap = Record<string, GoValue>;

/** A struct, or a pointer to one when its type's kind is `ptr`. */
export class Struct {
  readonly type: GoType;
  readonly fields: GoMap;

  constructor(type: GoType, fields: GoMap = {}) {
    this.type = type;
    this.fields = fields;
  }
}

/** The struct that a pointer points to; every other value is itself. */
export function followPointer(value: GoValue): GoValue {
  if (!(value instanceof Struct) || value.type.kind !== "ptr" || value.type.elem === undefined) return value;
  return new Struct(value.type.elem, value.fields);
}

/** A complex128: only literals like `2i` make one. */
export class Complex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** An iterator function; `pairs` when it yields key and value. */
export class Sequence {
  readonly type: string;
  readonly pairs: boolean;
  readonly iterate: () => Iterable<readonly [GoValue, GoValue]>;

  constructor(type: string, pairs: boolean, iterate: () => Iterable<readonly [GoValue, GoValue]>) {
    this.type = type;
    this.pairs = pairs;
    this.iterate = iterate;
  }
}

const tagged: unique symbol = Symbol("Go type");

/** Gives a map or list another Go type than `map[string]interface {}` or `[]interface {}`; returns it. Copies lose the tag. */
export function tag<Value extends object>(value: Value, type: GoType | string): Value {
  return Object.defineProperty(value, tagged, {
    value: typeof type === "string" ? goType(type) : type,
    configurable: true,
    writable: true,
  });
}

/** The Go type that a map or list was tagged with. */
export function tagOf(value: object): GoType | undefined {
  return (value as { [tagged]?: GoType })[tagged];
}

/** Whether a value is a Go map. */
export function isMap(value: GoValue): value is GoMap {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const anyType = goType("interface {}");
const boolType = goType("bool");
const stringType = goType("string");
const floatType = goType("float64");
const listType = goType("[]interface {}");
const mapType = goType("map[string]interface {}");
const bytesType = goType("[]uint8");
const complexType = goType("complex128");

/** The dynamic Go type of a value; `null` is the nil interface. `undefined` has none and gives that of `null`. */
export function typeOf(value: GoValue): GoType {
  switch (typeof value) {
    case "string":
      return stringType;
    case "boolean":
      return boolType;
    case "number":
      return floatType;
    case "object":
      return value === null ? anyType : typeOfObject(value);
    default:
      return anyType;
  }
}

function typeOfObject(value: object): GoType {
  if (value instanceof Integer) return value.named ?? goType(value.type);
  if (Array.isArray(value)) return tagOf(value) ?? listType;
  if (value instanceof Struct) return value.type;
  if (value instanceof Uint8Array) return tagOf(value) ?? bytesType;
  if (value instanceof Complex) return complexType;
  if (value instanceof Sequence) return { name: value.type, kind: "func" };
  if (isFunction(value)) return { name: signatureOf(value), kind: "func" };
  return tagOf(value) ?? mapType;
}

function isFunction(value: object): value is GoFunction {
  return "params" in value && "call" in value && typeof value.call === "function";
}

function signatureOf({ params, variadic, result }: GoFunction): string {
  const names = params.map(({ name }, index) => (variadic && index === params.length - 1 ? `...${name}` : name));
  return `func(${names.join(", ")}) ${result.name}`;
}
