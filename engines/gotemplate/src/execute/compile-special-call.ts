import type { GoFunction } from "../function.ts";
import { type ArgumentNode, formatNode } from "../parse/node.ts";
import type { GoValue } from "../value/go-value.ts";
import type { CallSite, EvaluateCall } from "./call-site.ts";
import { callValue, describeValue } from "./call-value.ts";
import type { Check } from "./check-type.ts";
import { type Compiler, findFunction, isInterfaceResult } from "./compile-argument.ts";
import { callOfMany } from "./invoke.ts";
import type { Evaluate, Run } from "./run.ts";
import { interfaceIndex, sliceOf } from "./slice.ts";
import { isTrue } from "./truth.ts";

/** Functions of text/template that see more of a call than their arguments; undefined for the others. */
export function compileSpecialCall(
  site: CallSite,
  evaluators: readonly Evaluate[],
  checkFinal: Check | undefined,
  compiler: Compiler,
): EvaluateCall | undefined {
  switch (site.name) {
    case "and":
    case "or":
      return compileLogic(site.name === "or", evaluators, site.hasFinal);
    case "call":
      return compileCallOfValue(site, evaluators, checkFinal);
    case "slice":
      return compileSlice(site, evaluators, checkFinal, compiler);
    default:
      return undefined;
  }
}

/** `and` and `or` evaluate no more than they need, and give an argument. */
function compileLogic(isOr: boolean, evaluators: readonly Evaluate[], hasFinal: boolean): EvaluateCall {
  return (run, dot, final) => {
    let value: GoValue;
    for (const evaluate of evaluators) {
      value = evaluate(run, dot);
      if (isTrue(value) === isOr) return value;
    }
    return hasFinal ? final : value;
  };
}

/** `call`, whose errors name the callee as it is written. */
function compileCallOfValue(
  site: CallSite,
  evaluators: readonly Evaluate[],
  checkFinal: Check | undefined,
): EvaluateCall {
  const [first] = site.args;
  const written = first === undefined ? undefined : formatNode(first);
  const call: GoFunction["call"] = (context, callee: GoValue, ...values: GoValue[]) =>
    callValue(context, written ?? describeValue(callee), callee, values);
  return callOfMany({ call }, site, evaluators, checkFinal);
}

/** `slice`, which refuses an index that comes out of a list or map of interfaces. */
function compileSlice(
  site: CallSite,
  evaluators: readonly Evaluate[],
  checkFinal: Check | undefined,
  compiler: Compiler,
): EvaluateCall {
  const marking = site.args.map((arg, index) => {
    const evaluate = evaluators[index] as Evaluate;
    if (index === 0) return evaluate;
    const isInterface = compileIsInterface(arg, compiler);
    return (run: Run, dot: GoValue): GoValue => {
      const value = evaluate(run, dot);
      return isInterface(run) && value !== undefined ? interfaceIndex : value;
    };
  });
  return callOfMany(
    { call: (_, item: GoValue, ...indexes: GoValue[]) => sliceOf(item, indexes) },
    site,
    marking,
    checkFinal,
  );
}

/** Whether what an argument gave is, statically, an interface. */
function compileIsInterface(arg: ArgumentNode, compiler: Compiler): (run: Run) => boolean {
  switch (arg.kind) {
    case "dot":
      return (run) => run.dotIsInterface;
    case "field":
    case "chain":
      return (run) => run.fieldIsInterface;
    case "variable": {
      const slot = compiler.scope.resolve(arg.names[0] ?? "") ?? 0;
      return arg.names.length > 1 ? (run) => run.fieldIsInterface : (run) => run.interfaces[slot] === true;
    }
    case "identifier": {
      const isInterface = isInterfaceResult(findFunction(compiler, arg.name)?.callee);
      return () => isInterface;
    }
    default:
      return () => false;
  }
}
