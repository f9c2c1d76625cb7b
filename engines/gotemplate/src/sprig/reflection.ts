import { type FunctionTable, goFunction } from "../function.ts";
import { type GoValue, typeOf } from "../value/go-value.ts";
import { deepEqual } from "./deep-equal.ts";

/** What `%T` prints. */
function typeName(value: GoValue): string {
  return value === null || value === undefined ? "<nil>" : typeOf(value).name;
}

function kindName(value: GoValue): string {
  return value === null || value === undefined ? "invalid" : typeOf(value).kind;
}

/** Functions that ask for the Go type of a value. */
export const reflectionFunctions: FunctionTable = {
  typeOf: goFunction(["any"], "string", (_, value) => typeName(value)),
  typeIs: goFunction(["string", "any"], "bool", (_, name, value) => name === typeName(value)),
  typeIsLike: goFunction(["string", "any"], "bool", (_, name, value) => {
    const actual = typeName(value);
    return name === actual || `*${name}` === actual;
  }),
  kindOf: goFunction(["any"], "string", (_, value) => kindName(value)),
  kindIs: goFunction(["string", "any"], "bool", (_, name, value) => name === kindName(value)),
  deepEqual: goFunction(["any", "any"], "bool", (_, left, right) => deepEqual(left, right)),
};
