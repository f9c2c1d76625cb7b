import { printableOf } from "../fmt/printable.ts";
import { sprint } from "../fmt/sprint.ts";
import { sprintf } from "../fmt/sprintf.ts";
import { sprintln } from "../fmt/sprintln.ts";
import { type FunctionTable, goFunction } from "../function.ts";
import type { GoValue } from "../value/go-value.ts";
import { int } from "../value/integer.ts";
import { callValue, describeValue } from "./call-value.ts";
import { isEqual, isLess } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";
import { indexInto, lengthOf } from "./index-value.ts";
import { sliceOf } from "./slice.ts";
import { isTrue } from "./truth.ts";

/** Functions of text/template itself. `and` and `or` are evaluated by the call, which stops early. */
export const builtins: FunctionTable = {
  and: goFunction(["value", "...value"], "value", (_, first) => first),
  or: goFunction(["value", "...value"], "value", (_, first) => first),
  not: goFunction(["value"], "bool", (_, value) => !isTrue(value)),
  call: goFunction(["value", "...value"], "value", (context, callee, ...values) =>
    callValue(context, describeValue(callee), callee, values),
  ),
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

/** What `html`, `js` and `urlquery` escape: one string as it is, everything else printed. */
function textOf(values: readonly GoValue[]): string {
  if (values.length === 1 && typeof values[0] === "string") return values[0];
  return sprint(values.map(printableOf));
}
