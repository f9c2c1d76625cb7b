import { type IntegerType, integerTypes } from "./integer.ts";

/** What reflect calls a Kind, as far as templates can see it. */
export type GoKind =
  | IntegerType
  | "bool"
  | "float32"
  | "float64"
  | "complex128"
  | "string"
  | "interface"
  | "map"
  | "slice"
  | "struct"
  | "ptr"
  | "func";

/** A method or computed text of a type; `self` is the value it is called on. */
export interface GoTypeOptions {
  /** Methods by name; the first parameter of `call` after the context is the receiver, which `params` does not list. */
  methods?: Readonly<Record<string, GoMethod>>;
  /** Go's String() or Error(): what %v, %s and printing show. */
  format?: (self: never) => string;
  /** What encoding/json makes of a value, before it is written. */
  toJson?: (self: never) => unknown;
}

/** A method: Go types of its parameters (the last may start with "..."), and what it does. */
export interface GoMethod {
  readonly params: readonly GoType[];
  readonly variadic: boolean;
  readonly result: GoType;
  // oxlint-disable-next-line typescript/no-explicit-any -- checked against `params` before the call
  readonly call: (context: any, self: any, ...args: any[]) => unknown;
}

/** A Go type as data. Equal names are equal types; made by {@link goType}, {@link namedType}, {@link structType}. */
export interface GoType {
  /** As reflect prints it: `map[string]interface {}`, `*chart.Metadata`. */
  readonly name: string;
  readonly kind: GoKind;
  /** Of slices, maps and pointers. */
  readonly elem?: GoType;
  /** Of maps. */
  readonly key?: GoType;
  /** Of maps whose keys are structs: what `range` gives for a key; a map is kept by texts, in the order of Go's keys. */
  readonly keyOf?: (key: string) => unknown;
  /** Of structs, in Go's order. */
  readonly fields?: Readonly<Record<string, GoType>>;
  /** Name of the unnamed type beneath a named one. */
  readonly underlying?: string;
  readonly methods?: Readonly<Record<string, GoMethod>>;
  readonly format?: (self: never) => string;
  readonly toJson?: (self: never) => unknown;
}

const known = new Map<string, GoType>();

/**
 * The type of a name: `string`, `int`, `any` or `interface {}`, `[]string`, `map[string]any`, `error`, `value` (a
 * reflect.Value, which takes everything as it is).
 * @throws TypeError for a name that is no such type; named types are made with {@link namedType} and {@link structType}.
 */
export function goType(name: string): GoType {
  let type = known.get(name);
  if (type === undefined) {
    type = parseType(name.replaceAll(/\bany\b/g, "interface {}"));
    known.set(name, type);
  }
  return type;
}

function parseType(name: string): GoType {
  if (name in integerTypes) return { name, kind: name as IntegerType };
  if (name === "rune") return { name: "int32", kind: "int32" };
  if (name === "byte") return { name: "uint8", kind: "uint8" };
  if (["bool", "float32", "float64", "complex128", "string"].includes(name)) return { name, kind: name as GoKind };
  if (name === "interface {}" || name === "error") return { name, kind: "interface" };
  if (name === "value") return { name: "reflect.Value", kind: "struct" };
  if (name.startsWith("[]")) {
    const elem = goType(name.slice(2));
    return { name: `[]${elem.name}`, kind: "slice", elem };
  }
  const map = /^map\[(\w+)\](.+)$/.exec(name);
  if (map === null) throw new TypeError(`read Go type ${JSON.stringify(name)}: want a basic type, a slice or a map`);
  const [key, elem] = [goType(map[1] as string), goType(map[2] as string)];
  return { name: `map[${key.name}]${elem.name}`, kind: "map", key, elem };
}

/** A named type over another, like `common.Values` over `map[string]any`, with methods if it has any. */
export function namedType(name: string, underlying: string, options: GoTypeOptions = {}): GoType {
  const base = goType(underlying);
  return { ...base, ...options, name, underlying: base.name };
}

/** A struct type; `fields` in Go's order. A pointer to it is {@link pointerTo}. */
export function structType(
  name: string,
  fields: Readonly<Record<string, GoType | string>>,
  options: GoTypeOptions = {},
): GoType {
  const entries = Object.entries(fields).map(([field, type]) => [
    field,
    typeof type === "string" ? goType(type) : type,
  ]);
  return { ...options, name, kind: "struct", fields: Object.fromEntries(entries) as Record<string, GoType> };
}

/** The pointer type to a struct type, with its methods. */
export function pointerTo(type: GoType): GoType {
  return { ...type, name: `*${type.name}`, kind: "ptr", elem: type };
}
