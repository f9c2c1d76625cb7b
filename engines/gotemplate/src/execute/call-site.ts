import type { ArgumentNode, Node } from "../parse/node.ts";
import type { GoType } from "../value/go-type.ts";
import type { GoValue } from "../value/go-value.ts";
import type { Run } from "./run.ts";

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
export function argumentCountProblem({ params, variadic }: Signature, site: CallSite): string | undefined {
  const count = site.args.length + (site.hasFinal ? 1 : 0);
  if (variadic) {
    const fixed = params.length - 1;
    if (count >= fixed) return undefined;
    return `wrong number of args for ${site.name}: want at least ${fixed} got ${site.args.length}`;
  }
  if (count === params.length) return undefined;
  return `wrong number of args for ${site.name}: want ${params.length} got ${count}`;
}

/** Parameters of a function or method. */
export interface Signature {
  readonly params: readonly GoType[];
  readonly variadic: boolean;
}

/** The type of the argument at an index; variadic ones share the last. */
export function parameterAt({ params, variadic }: Signature, index: number): GoType {
  const type = variadic && index >= params.length - 1 ? params.at(-1) : params[index];
  return type as GoType;
}
