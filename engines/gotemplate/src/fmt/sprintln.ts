import type { GoValue } from "../value/go-value.ts";
import { printOne } from "./sprint.ts";

/** fmt.Sprintln: spaces between all operands, and a line feed. */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map(printOne).join(" ")}\n`;
}
