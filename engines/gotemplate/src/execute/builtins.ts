import { memberOf } from "@eddy/core/json";
import { sprint } from "../fmt/sprint.ts";
import { sprintf } from "../fmt/sprintf.ts";
import { sprintln } from "../fmt/sprintln.ts";
import { type FunctionTable, type GoFunction, goFunction } from "../function.ts";
import { byteLength, encodeGoString, sliceGoString } from "../value/go-string.ts";
import type { GoType } from "../value/go-type.ts";
import { type GoMap, type GoValue, isMap, tag, tagOf, typeOf } from "../value/go-value.ts";
import { int, integer, Integer } from "../value/integer.ts";
import { zeroOf } from "../value/zero.ts";
import { canBeNil, makeAssignable } from "./check-type.ts";
import { isEqual, isLess } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";
import { isTrue } from "./truth.ts";

/** Functions of text/template itself. `and` and `or` are evaluated by the call, which stops early. */
export const builtins: FunctionTable = {
  and: goFunction(["value", "...value"], "value", (_, first) => first),
  or: goFunction(["value", "...value"], "value", (_, first) => first),
  not: goFunction(["value"], "bool", (_, value) => !isTrue(value)),
  call: goFunction(["value", "...value"], "value", callValue),
  len: goFunction(["value"], "int", (_, value) => int(lengthOf(value))),
  index: goFunction(["value", "...value"], "value", (_, item, ...indexes) => indexInto(item, indexes)),
  slice: goFunction(["value", "...value"], "value", (_, item, ...indexes) => sliceOf(item, indexes)),
  print: goFunction(["...any"], "string", (_, ...values) => sprint(values)),
  println: goFunction(["...any"], "string", (_, ...values) => sprintln(values)),
  printf: goFunction(["string", "...any"], "string", (context, format, ...values) =>
    sprintf(format, values, (amount) => context.charge(amount)),
  ),
  html: goFunction(["...any"], "string", (_, ...values) => escapeHtml(textOf(values))),
  js: goFunction(["...any"], "string", (_, ...values) => escapeJs(textOf(values))),
  urlquery: goFunction(["...any"], "string", (_, ...values) => escapeQuery(textOf(values))),
  eq: goFunction(["value", "...value"], "bool", (_, left, ...rights) => isEqualToAny(left, rights)),
  ne: goFunction(["value", "value"], "bool", (_, left, right) => !isEqual(left, right)),
  lt: goFunction(["value", "value"], "bool", (_, left, right) => isLess(left, right)),
  le: goFunction(["value", "value"], "bool", (_, left, right) => isLess(left, right) || isEqual(left, right)),
  gt: goFunction(["value", "value"], "bool", (_, left, right) => !(isLess(left, right) || isEqual(left, right))),
  ge: goFunction(["value", "value"], "bool", (_, left, right) => !isLess(left, right)),
};

function isEqualToAny(left: GoValue, rights: readonly GoValue[]): boolean {
  if (rights.length === 0) throw new Error("missing argument for comparison");
  return rights.some((right) => isEqual(left, right));
}

function lengthOf(value: GoValue): number {
  if (typeof value === "string") return byteLength(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value === null) throw new Error("len of nil pointer");
  if (value === undefined) throw new Error("reflect: call of reflect.Value.Type on zero Value");
  if (isMap(value)) return Object.values(value).filter((member) => member !== undefined).length;
  throw new Error(`len of type ${typeOf(value).name}`);
}

function indexInto(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isNothing(item)) throw new Error("index of untyped nil");
  let value = item;
  for (const index of indexes) value = indexOnce(value, index);
  return value;
}

function isNothing(value: GoValue): boolean {
  return value === undefined || value === null;
}

function indexOnce(item: GoValue, index: GoValue): GoValue {
  if (isNothing(item)) throw new Error("index of nil pointer");
  if (typeof item === "string") {
    const bytes = encodeGoString(item);
    return integer("uint8", elementAt(bytes, indexNumber(index, bytes.length)));
  }
  if (item instanceof Uint8Array) return integer("uint8", elementAt(item, indexNumber(index, item.length)));
  if (Array.isArray(item)) return elementAt(item as readonly GoValue[], indexNumber(index, item.length));
  if (!isMap(item)) throw new Error(`can't index item of type ${typeOf(item).name}`);
  return memberOfMap(item, index);
}

function elementAt<Element>(list: ArrayLike<Element>, index: number): Element {
  // The bound itself passes Go's check and then panics in reflect.
  if (index >= list.length) {
    throw new Error(`error calling index: reflect: ${"slice"} index out of range`.replace("error calling index: ", ""));
  }
  return list[index] as Element;
}

function memberOfMap(map: GoMap, index: GoValue): GoValue {
  const type = typeOf(map);
  const key = type.key as GoType;
  if (isNothing(index) && !canBeNil(key)) throw new Error(`value is nil; should be of type ${key.name}`);
  if (typeof index !== "string") throw new Error(`value has type ${typeOf(index).name}; should be ${key.name}`);
  const value = memberOf(map as never, index) as GoValue;
  return value === undefined && type.elem !== undefined ? zeroOf(type.elem) : value;
}

function indexNumber(index: GoValue, limit: number): number {
  if (isNothing(index)) throw new Error("cannot index slice/array with nil");
  if (!(index instanceof Integer)) throw new Error(`cannot index slice/array with type ${typeOf(index).name}`);
  const signed = BigInt.asIntN(64, index.value);
  if (signed < 0n || signed > BigInt(limit)) throw new Error(`index out of range: ${signed}`);
  return Number(signed);
}

function sliceOf(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isNothing(item)) throw new Error("slice of untyped nil");
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new Error("cannot 3-index slice a string");
  if (!isText && !Array.isArray(item) && !(item instanceof Uint8Array)) {
    throw new Error(`can't slice item of type ${typeOf(item).name}`);
  }
  const length = lengthOf(item);
  const bounds = indexes.map((index) => indexNumber(index, length));
  const [start = 0, end = length, capacity] = bounds;
  if (start > end) throw new Error(`invalid slice index: ${start} > ${end}`);
  if (capacity !== undefined && end > capacity) throw new Error(`invalid slice index: ${end} > ${capacity}`);
  if (typeof item === "string") return sliceGoString(item, start, end);
  if (item instanceof Uint8Array) return item.subarray(start, end);
  const type = tagOf(item);
  const part = item.slice(start, end);
  return type === undefined ? part : tag(part, type);
}

function isCallable(value: GoValue): value is GoFunction {
  return typeOf(value).kind === "func" && typeof value === "object" && value !== null && "params" in value;
}

/** `call`: a function that is a value, with the same checks that Go makes. */
function callValue(context: Parameters<GoFunction["call"]>[0], callee: GoValue, ...values: GoValue[]): GoValue {
  if (isNothing(callee)) throw new Error("call of nil");
  if (!isCallable(callee)) throw new Error(`non-function ${sprint([callee])} of type ${typeOf(callee).name}`);
  const { params, variadic } = callee;
  const fixed = variadic ? params.length - 1 : params.length;
  if (variadic ? values.length < fixed : values.length !== fixed) {
    throw new Error(
      `wrong number of args for ${typeOf(callee).name}: got ${values.length} want ${variadic ? "at least " : ""}${fixed}`,
    );
  }
  const args = values.map((value, index) =>
    argumentOf(value, params[Math.min(index, params.length - 1)] as GoType, index),
  );
  return callee.call(context, ...args);
}

function argumentOf(value: GoValue, type: GoType, index: number): GoValue {
  if (isNothing(value)) {
    if (canBeNil(type)) return null;
    throw new Error(`arg ${index}: value is nil; should be of type ${type.name}`);
  }
  if (type.name === "interface {}" || type.name === "reflect.Value" || makeAssignable(type)(value)) return value;
  if (value instanceof Integer && /^u?int/.test(type.kind)) return integer(type.kind as Integer["type"], value.value);
  throw new Error(`arg ${index}: value has type ${typeOf(value).name}; should be ${type.name}`);
}

/** What `html`, `js` and `urlquery` escape: one string as it is, everything else printed. */
function textOf(values: readonly GoValue[]): string {
  if (values.length === 1 && typeof values[0] === "string") return values[0];
  return sprint(values.map((value) => value ?? "<no value>"));
}
