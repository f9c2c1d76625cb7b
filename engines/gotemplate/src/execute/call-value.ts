import type { CallContext, GoFunction } from "../function.ts";
import type { GoType } from "../value/go-type.ts";
import { type GoValue, typeOf } from "../value/go-value.ts";
import { integer, Integer } from "../value/integer.ts";
import { canBeNil, makeAssignable } from "./check-type.ts";

/** A value as reflect's String() shows it: a string is itself. */
export function describeValue(value: GoValue): string {
  if (typeof value === "string") return value;
  return value === undefined ? "<invalid Value>" : `<${typeOf(value).name} Value>`;
}

function isCallable(value: GoValue): value is GoFunction {
  return typeOf(value).kind === "func" && typeof value === "object" && value !== null && "params" in value;
}

/**
 * `call`: calls a function that is a value, with the same checks that Go makes.
 * @throws Error in Go's words; `name` is how the template writes the callee.
 */
export function callValue(context: CallContext, name: string, callee: GoValue, values: readonly GoValue[]): GoValue {
  if (callee === undefined || callee === null) throw new Error("call of nil");
  if (!isCallable(callee)) throw new Error(`non-function ${name} of type ${typeOf(callee).name}`);
  const { params, variadic } = callee;
  const fixed = variadic ? params.length - 1 : params.length;
  if (variadic ? values.length < fixed : values.length !== fixed) {
    const wanted = variadic ? `at least ${fixed}` : String(fixed);
    throw new Error(`wrong number of args for ${name}: got ${values.length} want ${wanted}`);
  }
  const args = values.map((value, index) =>
    argumentOf(value, params[Math.min(index, params.length - 1)] as GoType, index),
  );
  return callee.call(context, ...args);
}

function argumentOf(value: GoValue, type: GoType, index: number): GoValue {
  if (value === undefined || value === null) {
    if (canBeNil(type)) return null;
    throw new Error(`arg ${index}: value is nil; should be of type ${type.name}`);
  }
  if (type.name === "interface {}" || type.name === "reflect.Value" || makeAssignable(type)(value)) return value;
  if (value instanceof Integer && /^u?int/.test(type.kind)) return integer(type.kind as Integer["type"], value.value);
  throw new Error(`arg ${index}: value has type ${typeOf(value).name}; should be ${type.name}`);
}
