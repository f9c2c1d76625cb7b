import type { GoType } from "./go-type.ts";
import { Complex, type GoValue, Struct, tag } from "./go-value.ts";
import { integer, type IntegerType } from "./integer.ts";

/** The zero value of a type: nil (`null`) for interfaces and pointers, empty maps and lists, which templates cannot tell from nil ones. */
export function zeroOf(type: GoType): GoValue {
  switch (type.kind) {
    case "string":
      return "";
    case "bool":
      return false;
    case "float32":
    case "float64":
      return 0;
    case "complex128":
      return new Complex(0, 0);
    case "interface":
    case "ptr":
    case "func":
      return null;
    case "map":
      return tag({}, type);
    case "slice":
      return tag([], type);
    case "struct":
      return new Struct(type, zeroFields(type));
    default:
      return integer(type.kind satisfies IntegerType, 0n);
  }
}

function zeroFields({ fields = {} }: GoType): Record<string, GoValue> {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, zeroOf(type)]));
}
