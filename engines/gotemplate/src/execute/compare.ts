import { sprint } from "../fmt/sprint.ts";
import { sprintf } from "../fmt/sprintf.ts";
import { compareGoStrings, normalizeGoString } from "../value/go-string.ts";
import { Complex, type GoValue, Struct, typeOf } from "../value/go-value.ts";
import { Integer, integerTypes } from "../value/integer.ts";

/** What kinds of values can be compared with each other. */
type BasicKind = "bool" | "complex" | "int" | "uint" | "float" | "string" | "other";

function basicKind(value: GoValue): BasicKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float";
    case "boolean":
      return "bool";
    default:
      if (value instanceof Integer) return integerTypes[value.type].signed ? "int" : "uint";
      return value instanceof Complex ? "complex" : "other";
  }
}

/** Go's text of a comparison between types that cannot be compared. */
function incompatible(left: GoValue, right: GoValue): Error {
  return new Error(`incompatible types for comparison: ${typeOf(left).name} and ${typeOf(right).name}`);
}

function isNothing(value: GoValue): boolean {
  return value === undefined || value === null;
}

/**
 * Whether two values are equal as `eq` sees it.
 * @throws Error with Go's words where their types differ or cannot be compared.
 */
export function isEqual(left: GoValue, right: GoValue): boolean {
  const kind = basicKind(left);
  const other = basicKind(right);
  if (kind !== other) {
    if (kind === "int" && other === "uint") return (left as Integer).value === (right as Integer).value;
    if (kind === "uint" && other === "int") return (left as Integer).value === (right as Integer).value;
    if (isNothing(left) || isNothing(right)) return false;
    throw incompatible(left, right);
  }
  if (kind === "string")
    return left === right || normalizeGoString(left as string) === normalizeGoString(right as string);
  if (kind === "int" || kind === "uint") return (left as Integer).value === (right as Integer).value;
  if (kind === "other") return isSameOther(left, right);
  if (kind !== "complex") return left === right;
  const [a, b] = [left as Complex, right as Complex];
  return a.real === b.real && a.imaginary === b.imaginary;
}

function isSameOther(left: GoValue, right: GoValue): boolean {
  if (isNothing(left) || isNothing(right)) return isNothing(left) === isNothing(right);
  const [type, other] = [typeOf(left), typeOf(right)];
  if (type.kind !== other.kind) {
    throw new Error(`non-comparable types ${sprintf("%s", [left])}: ${type.name}, ${other.name}: ${sprint([right])}`);
  }
  if (other.kind === "map" || other.kind === "slice" || other.kind === "func") {
    throw new Error(`non-comparable type ${sprintf("%s", [right])}: ${other.name}`);
  }
  if (type.kind === "ptr" || !(left instanceof Struct) || !(right instanceof Struct)) return left === right;
  return type.name === other.name && sprint([left]) === sprint([right]);
}

/**
 * Whether the left is less than the right as `lt` sees it.
 * @throws Error with Go's words where their types differ or have no order.
 */
export function isLess(left: GoValue, right: GoValue): boolean {
  const kind = basicKind(left);
  const other = basicKind(right);
  if (kind === "other" || other === "other") throw new Error("invalid type for comparison");
  if (kind !== other && !(isInteger(kind) && isInteger(other))) throw incompatible(left, right);
  if (isInteger(kind)) return (left as Integer).value < (right as Integer).value;
  if (kind === "string") return compareGoStrings(left as string, right as string) < 0;
  if (kind === "float") return (left as number) < (right as number);
  throw new Error("invalid type for comparison");
}

function isInteger(kind: BasicKind): boolean {
  return kind === "int" || kind === "uint";
}
