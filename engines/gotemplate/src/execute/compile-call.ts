import type { GoFunction } from "../function.ts";
import { argumentCountProblem, type CallSite, type EvaluateCall, parameterAt } from "./call-site.ts";
import { makeCheck } from "./check-type.ts";
import { type Compiler, prepareArgument } from "./compile-argument.ts";
import { compileSpecialCall } from "./compile-special-call.ts";
import { callOfMany, charged, failCall } from "./invoke.ts";
import type { Evaluate } from "./run.ts";

/** A call of a function by name. */
export function compileCall(callee: GoFunction, isBuiltin: boolean, site: CallSite, compiler: Compiler): EvaluateCall {
  const problem = argumentCountProblem(callee, site);
  if (problem !== undefined) return (run) => run.fail(problem);
  const evaluators = site.args.map((arg, index) => prepareArgument(arg, compiler)(parameterAt(callee, index)));
  const checkFinal = site.hasFinal ? makeCheck(parameterAt(callee, site.args.length)) : undefined;
  const special = isBuiltin ? compileSpecialCall(site, evaluators, checkFinal, compiler) : undefined;
  if (special !== undefined) return special;
  const [first, second] = evaluators;
  // Most calls have one or two arguments: no list for those.
  if (checkFinal === undefined && first !== undefined && second === undefined) return callOfOne(callee, site, first);
  if (checkFinal === undefined && first !== undefined && second !== undefined && evaluators.length === 2) {
    return callOfTwo(callee, site, first, second);
  }
  return callOfMany(callee, site, evaluators, checkFinal);
}

function callOfOne({ call }: GoFunction, { node, name }: CallSite, first: Evaluate): EvaluateCall {
  return (run, dot) => {
    const argument = first(run, dot);
    run.step();
    try {
      return charged(run, call(run, argument));
    } catch (error) {
      return failCall(run, node, name, error);
    }
  };
}

function callOfTwo({ call }: GoFunction, { node, name }: CallSite, first: Evaluate, second: Evaluate): EvaluateCall {
  return (run, dot) => {
    const left = first(run, dot);
    const right = second(run, dot);
    run.step();
    try {
      return charged(run, call(run, left, right));
    } catch (error) {
      return failCall(run, node, name, error);
    }
  };
}
