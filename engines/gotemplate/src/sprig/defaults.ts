import { type FunctionTable, goFunction } from "../function.ts";
import { isEmpty } from "./empty.ts";

/** Functions that choose between values. */
export const defaultFunctions: FunctionTable = {
  default: goFunction(["any", "...any"], "any", (_, fallback, ...given) => (isEmpty(given[0]) ? fallback : given[0])),
  empty: goFunction(["any"], "bool", (_, value) => isEmpty(value)),
  coalesce: goFunction(["...any"], "any", (_, ...values) => values.find((value) => !isEmpty(value)) ?? null),
  all: goFunction(["...any"], "bool", (_, ...values) => !values.some(isEmpty)),
  any: goFunction(["...any"], "bool", (_, ...values) => values.some((value) => !isEmpty(value))),
  ternary: goFunction(["any", "any", "bool"], "any", (_, yes, no, condition) => (condition ? yes : no)),
};
