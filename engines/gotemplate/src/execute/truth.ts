import { Complex, type GoValue, isMap } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";

/** Whether a value counts as true: not nil, false, 0, or empty. A struct is always true. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case "undefined":
      return false;
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0;
    default:
      return value !== null && isTrueObject(value as object);
  }
}

function isTrueObject(value: object): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  if (value instanceof Integer) return value.value !== 0n;
  if (value instanceof Complex) return value.real !== 0 || value.imaginary !== 0;
  if (!isMap(value)) return true;
  for (const key in value) if (value[key] !== undefined) return true;
  return false;
}
