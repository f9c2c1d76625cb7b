import type { GoValue } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import { formatFloat } from "./float.ts";
import { Printer } from "./printer.ts";

/** fmt.Sprint: a space between two operands neither of which is a string. */
export function sprint(values: readonly GoValue[]): string {
  if (values.length === 1) return printOne(values[0]);
  let text = "";
  let wasText = true;
  for (const value of values) {
    const isText = typeof value === "string";
    if (!isText && !wasText) text += " ";
    text += printOne(value);
    wasText = isText;
  }
  return text;
}

/** A value as `%v` prints it. */
export function printOne(value: GoValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value instanceof Integer && value.named === undefined) return value.value.toString();
  const printer = new Printer();
  printer.printArgument(value, "v");
  return printer.text;
}

function formatNumber(value: number): string {
  // Small integers, which are nearly all of them.
  if (Number.isInteger(value) && value > -1e6 && value < 1e6 && !Object.is(value, -0)) return String(value);
  return formatFloat(value, "g", -1);
}
