import { makeCheck } from "./check-type.ts";
import type { GoMethod } from "../value/go-type.ts";
import type { GoValue } from "../value/go-value.ts";
import { argumentCountProblem, type CallSite, parameterAt } from "./call-site.ts";
import { type Compiler, prepareArgument, type PreparedArgument } from "./compile-argument.ts";
import type { MethodCall } from "./field.ts";
import { charged, failCall } from "./invoke.ts";
import type { Run } from "./run.ts";

/** A call of a method that is found when the receiver is known; the types of its parameters are then known too. */
export function compileMethodCall(site: CallSite, compiler: Compiler): MethodCall {
  // Variables are resolved here, where their scope is known.
  const prepared = site.args.map((arg) => prepareArgument(arg, compiler));
  const compiled = new Map<GoMethod, EvaluateMethod>();
  return {
    hasArguments: site.args.length > 0 || site.hasFinal,
    call(run, dot, receiver, name, method, final) {
      let evaluate = compiled.get(method);
      if (evaluate === undefined) {
        evaluate = compileMethod(method, { ...site, name }, prepared);
        compiled.set(method, evaluate);
      }
      return evaluate(run, dot, receiver, final);
    },
  };
}

type EvaluateMethod = (run: Run, dot: GoValue, receiver: GoValue, final: GoValue) => GoValue;

function compileMethod(method: GoMethod, site: CallSite, prepared: readonly PreparedArgument[]): EvaluateMethod {
  const problem = argumentCountProblem(method, site);
  if (problem !== undefined) return (run) => run.fail(problem);
  const evaluators = prepared.map((argument, index) => argument(parameterAt(method, index)));
  const checkFinal = site.hasFinal ? makeCheck(parameterAt(method, site.args.length)) : undefined;
  const { node, name } = site;
  return (run, dot, receiver, final) => {
    const values = evaluators.map((evaluate) => evaluate(run, dot));
    if (checkFinal !== undefined) values.push(checkFinal(run, final));
    run.step();
    try {
      return charged(run, method.call(run, receiver, ...values));
    } catch (error) {
      return failCall(run, node, name, error);
    }
  };
}
