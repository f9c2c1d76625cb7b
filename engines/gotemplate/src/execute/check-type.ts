import type { GoType } from "../value/go-type.ts";
import { type GoValue, isMap, Struct, typeOf } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import type { Run } from "./run.ts";

/** The value as an argument of a type, or Go's error at the current node. */
export type Check = (run: Run, value: GoValue) => GoValue;

/** Whether nil is a value of the type; `value` (reflect.Value) counts. */
export function canBeNil({ kind, name }: GoType): boolean {
  return kind === "func" || kind === "interface" || kind === "map" || kind === "ptr" || kind === "slice" || isRaw(name);
}

function isRaw(name: string): boolean {
  return name === "reflect.Value";
}

/** Go's validateType for a parameter type. */
export function makeCheck(type: GoType): Check {
  if (isRaw(type.name)) return (_, value) => value;
  if (type.name === "interface {}") return (_, value) => (value === undefined ? null : value);
  const isAssignable = makeAssignable(type);
  const nilAllowed = canBeNil(type);
  return (run, value) => {
    if (isAssignable(value)) return value;
    if (value === undefined) return nilAllowed ? null : run.fail(`invalid value; expected ${type.name}`);
    // A pointer is followed where its struct is wanted.
    const actual = typeOf(value);
    if (actual.kind === "ptr" && actual.elem?.name === type.name) return value;
    return run.fail(`wrong type for value; expected ${type.name}; got ${actual.name}`);
  };
}

/** Go's AssignableTo, for values that are not nil. */
export function makeAssignable(type: GoType): (value: GoValue) => boolean {
  const { kind, name } = type;
  if (type.underlying !== undefined) return (value) => isSameOrBase(typeOf(value), type);
  switch (kind) {
    case "string":
      return (value) => typeof value === "string";
    case "bool":
      return (value) => typeof value === "boolean";
    case "float64":
      return (value) => typeof value === "number";
    case "map":
      return (value) => isMap(value) && isSameOrBase(typeOf(value), type);
    case "slice":
      return (value) => isList(value) && isSameOrBase(typeOf(value), type);
    case "interface":
      return isError;
    case "ptr":
    case "struct":
      return (value) => value instanceof Struct && value.type.name === name;
    default:
      return (value) => value instanceof Integer && value.type === kind && value.named === undefined;
  }
}

function isList(value: GoValue): boolean {
  return Array.isArray(value) || value instanceof Uint8Array;
}

/** Identical types, or one named over the other's unnamed type. */
function isSameOrBase(actual: GoType, wanted: GoType): boolean {
  if (actual.name === wanted.name) return true;
  if (actual.underlying !== undefined) return actual.underlying === wanted.name;
  return wanted.underlying === actual.name;
}

/** The only interface with methods that functions take. */
function isError(value: GoValue): boolean {
  return typeof value === "object" && value !== null && typeOf(value).format !== undefined;
}
