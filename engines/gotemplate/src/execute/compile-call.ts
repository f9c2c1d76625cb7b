import { messageOf } from "@eddy/core/errors";
import type { GoFunction } from "../function.ts";
import { type ArgumentNode, formatNode, type Node } from "../parse/node.ts";
import { BudgetError } from "../template-error.ts";
import type { GoMethod, GoType } from "../value/go-type.ts";
import type { GoValue } from "../value/go-value.ts";
import { type Check, makeCheck } from "./check-type.ts";
import { callValue, describeValue } from "./call-value.ts";
import { type Compiler, findFunction, prepareArgument, type PreparedArgument } from "./compile-argument.ts";
import type { MethodCall } from "./field.ts";
import { interfaceIndex, sliceOf } from "./slice.ts";
import { isStackOverflow } from "./stack-overflow.ts";
import { isTrue } from "./truth.ts";
import type { Evaluate, Run } from "./run.ts";

/** Evaluates a call; `final` is what the pipeline before it gave. */
export type EvaluateCall = (run: Run, dot: GoValue, final?: GoValue) => GoValue;

/** What stands around a call. */
export interface CallSite {
  /** The node that `error calling` names. */
  readonly node: Node;
  readonly name: string;
  /** Arguments without the function itself. */
  readonly args: readonly ArgumentNode[];
  readonly hasFinal: boolean;
}

/** Why a number of arguments does not suit a signature. */
function argumentCountProblem({ params, variadic }: Signature, site: CallSite): string | undefined {
  const count = site.args.length + (site.hasFinal ? 1 : 0);
  if (variadic) {
    const fixed = params.length - 1;
    if (count >= fixed) return undefined;
    return `wrong number of args for ${site.name}: want at least ${fixed} got ${site.args.length}`;
  }
  if (count === params.length) return undefined;
  return `wrong number of args for ${site.name}: want ${params.length} got ${count}`;
}

interface Signature {
  readonly params: readonly GoType[];
  readonly variadic: boolean;
}

/** The type of the argument at an index; variadic ones share the last. */
function parameterAt({ params, variadic }: Signature, index: number): GoType {
  const type = variadic && index >= params.length - 1 ? params.at(-1) : params[index];
  return type as GoType;
}

/** A call of a function by name. */
export function compileCall(callee: GoFunction, isBuiltin: boolean, site: CallSite, compiler: Compiler): EvaluateCall {
  const problem = argumentCountProblem(callee, site);
  if (problem !== undefined) return (run) => run.fail(problem);
  const evaluators = site.args.map((arg, index) => prepareArgument(arg, compiler)(parameterAt(callee, index)));
  const checkFinal = site.hasFinal ? makeCheck(parameterAt(callee, site.args.length)) : undefined;
  if (isBuiltin && (site.name === "and" || site.name === "or")) {
    return compileLogic(site.name === "or", evaluators, site.hasFinal);
  }
  if (isBuiltin && site.name === "call") return compileCallOfValue(site, evaluators, checkFinal);
  if (isBuiltin && site.name === "slice") return compileSlice(site, evaluators, checkFinal, compiler);
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

function callOfMany(
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

/** A text that a function made counts, so that doubling one again and again ends. */
function charged(run: Run, value: GoValue): GoValue {
  if (typeof value === "string" && value.length > 256) run.charge(value.length);
  return value;
}

function failCall(run: Run, node: Node, name: string, error: unknown): never {
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

/** Whether a result's static type is an interface, for errors about its fields. */
export function isInterfaceResult(callee: GoFunction | undefined): boolean {
  return callee?.result.kind === "interface";
}
