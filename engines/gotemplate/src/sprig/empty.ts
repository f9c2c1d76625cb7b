import { Complex, type GoValue, Struct } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";

/** Whether a value counts as not given: nil, 0, "", false, an empty list or map; never a struct. Source: sprig's empty. */
export function isEmpty(value: GoValue): boolean {
  switch (typeof value) {
    case "string":
      return value === "";
    case "number":
      return value === 0;
    case "boolean":
      return !value;
    case "object":
      return value === null || isEmptyObject(value);
    default:
      return true;
  }
}

function isEmptyObject(value: object): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Integer) return value.value === 0n;
  if (value instanceof Struct) return false;
  if (value instanceof Complex) return value.real === 0 && value.imaginary === 0;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}
