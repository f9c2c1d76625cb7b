import { messageOf } from "@eddy/core/errors";
import type { GoFunction } from "../function.ts";
import type { Node } from "../parse/node.ts";
import { BudgetError } from "../template-error.ts";
import type { GoValue } from "../value/go-value.ts";
import type { CallSite, EvaluateCall } from "./call-site.ts";
import type { Check } from "./check-type.ts";
import type { Evaluate, Run } from "./run.ts";
import { isStackOverflow } from "./stack-overflow.ts";

/** A text that a function made counts, so that doubling one again and again ends. */
export function charged(run: Run, value: GoValue): GoValue {
  if (typeof value === "string" && value.length > 256) run.charge(value.length);
  return value;
}

/** Ends the execution as Go does when a function fails. */
export function failCall(run: Run, node: Node, name: string, error: unknown): never {
  if (error instanceof BudgetError) throw error;
  // A stack that is used up is no failure of the function at hand.
  if (isStackOverflow(error)) throw error;
  run.node = node;
  if (error instanceof RangeError && error.message.startsWith("Invalid string length")) {
    return run.stop(`${name} made a text that is too large`);
  }
  return run.fail(`error calling ${name}: ${errorText(error)}`, error);
}

/** The text of an error, which may be empty. */
function errorText(error: unknown): string {
  return error instanceof Error ? error.message : messageOf(error);
}

/** A call with arguments in a list. */
export function callOfMany(
  { call }: Pick<GoFunction, "call">,
  { node, name }: CallSite,
  evaluators: readonly Evaluate[],
  checkFinal: Check | undefined,
): EvaluateCall {
  return (run, dot, final) => {
    const values: GoValue[] = [];
    for (const evaluate of evaluators) values.push(evaluate(run, dot));
    if (checkFinal !== undefined) values.push(checkFinal(run, final));
    run.step();
    try {
      return charged(run, call(run, ...values));
    } catch (error) {
      return failCall(run, node, name, error);
    }
  };
}
