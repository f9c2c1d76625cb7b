import { quoteGoString } from "../fmt/quote.ts";
import {
  type ArgumentNode,
  type ChainNode,
  type CommandNode,
  type FieldNode,
  formatNode,
  type IdentifierNode,
  type Node,
  type VariableNode,
} from "../parse/node.ts";
import type { GoValue } from "../value/go-value.ts";
import { type Compiler, compileOperand, findFunction, idealConstant, isInterfaceResult } from "./compile-argument.ts";
import type { EvaluateCall } from "./call-site.ts";
import { compileCall } from "./compile-call.ts";
import { compileMethodCall } from "./compile-method-call.ts";
import { compilePipe } from "./compile-pipe.ts";
import { evaluateFields, isOrdinaryName, readPlainFields } from "./field.ts";
import type { Run } from "./run.ts";

/** One command of a pipeline; `hasFinal` where another stands before it. */
export function compileCommand({ args, ...command }: CommandNode, hasFinal: boolean, compiler: Compiler): EvaluateCall {
  const first = args[0] as ArgumentNode;
  switch (first.kind) {
    case "field":
      return compileField(first, args, hasFinal, compiler);
    case "chain":
      return compileChain(first, args, hasFinal, compiler);
    case "identifier":
      return compileFunction(first, { ...command, args }, args, hasFinal, compiler);
    case "variable":
      return compileVariable(first, args, hasFinal, compiler);
    case "pipe":
      return refuseArguments(args, hasFinal) ?? compilePipe(first, compiler);
    default:
      return compileWord(first, args, hasFinal);
  }
}

/** A constant or the dot where a command may stand. */
function compileWord(
  node: Exclude<ArgumentNode, FieldNode | ChainNode | IdentifierNode | VariableNode | { kind: "pipe" }>,
  args: readonly ArgumentNode[],
  hasFinal: boolean,
): EvaluateCall {
  const refused = refuseArguments(args, hasFinal);
  if (refused !== undefined) return at(node, refused);
  if (node.kind === "dot") return at(node, (_, dot) => dot);
  if (node.kind === "nil") return at(node, (run) => run.fail("nil is not a command"));
  const value = idealConstant(node);
  if (typeof value === "object" && value !== null && "problem" in value) {
    const { problem } = value as { problem: string };
    return at(node, (run) => run.fail(problem));
  }
  return at(node, () => value);
}

function at(node: Node, evaluate: EvaluateCall): EvaluateCall {
  return (run, dot, final) => {
    run.node = node;
    return evaluate(run, dot, final);
  };
}

function refuseArguments(args: readonly ArgumentNode[], hasFinal: boolean): EvaluateCall | undefined {
  if (args.length === 1 && !hasFinal) return undefined;
  const problem = `can't give argument to non-function ${formatNode(args[0] as ArgumentNode)}`;
  return (run) => run.fail(problem);
}

/** `.a.b`, possibly a method with arguments at the end. */
export function compileField(
  node: FieldNode,
  args: readonly ArgumentNode[],
  hasFinal: boolean,
  compiler: Compiler,
): EvaluateCall {
  const read = compileFields(node, node.names, args, hasFinal, compiler);
  return (run, dot, final) => {
    run.node = node;
    return read(run, dot, dot, run.dotIsInterface, final);
  };
}

/** `(pipeline).a.b` or `function.a.b` */
export function compileChain(
  node: ChainNode,
  args: readonly ArgumentNode[],
  hasFinal: boolean,
  compiler: Compiler,
): EvaluateCall {
  const inner = node.node;
  if (inner.kind === "nil")
    return at(node, (run) => run.fail(`indirection through explicit nil in ${formatNode(node)}`));
  if (inner.kind === "bool" || inner.kind === "number" || inner.kind === "string") {
    throw new TypeError(`compile chain on ${inner.kind}: the parser refuses it`);
  }
  const evaluate = compileOperand(inner, compiler);
  const callee = inner.kind === "identifier" ? findFunction(compiler, inner.name)?.callee : undefined;
  const isInterface = isInterfaceResult(callee);
  const read = compileFields(node, node.names, args, hasFinal, compiler);
  return (run, dot, final) => {
    run.node = inner;
    return read(run, dot, evaluate(run, dot), isInterface, final);
  };
}

/** `$x` or `$x.a.b` */
export function compileVariable(
  node: VariableNode,
  args: readonly ArgumentNode[],
  hasFinal: boolean,
  compiler: Compiler,
): EvaluateCall {
  const [name = "", ...fields] = node.names;
  const slot = compiler.scope.resolve(name);
  if (slot === undefined) return at(node, (run) => run.fail(`undefined variable: ${name}`));
  if (fields.length === 0) {
    const refused = refuseArguments(args, hasFinal);
    return at(node, refused ?? ((run) => run.variables[slot]));
  }
  const read = compileFields(node, fields, args, hasFinal, compiler);
  return (run, dot, final) => {
    run.node = node;
    return read(run, dot, run.variables[slot], run.interfaces[slot] === true, final);
  };
}

type ReadFields = (run: Run, dot: GoValue, receiver: GoValue, isInterface: boolean, final: GoValue) => GoValue;

function compileFields(
  node: Node,
  names: readonly string[],
  args: readonly ArgumentNode[],
  hasFinal: boolean,
  compiler: Compiler,
): ReadFields {
  const last = compileMethodCall({ node, name: "", args: args.slice(1), hasFinal }, compiler);
  const bare = compileMethodCall({ node, name: "", args: [], hasFinal: false }, compiler);
  const evaluate: ReadFields = (run, dot, receiver, isInterface, final) =>
    evaluateFields(run, dot, receiver, names, last, bare, isInterface, final);
  if (last.hasArguments || !names.every(isOrdinaryName)) return evaluate;
  return (run, dot, receiver, isInterface, final) => {
    const value = readPlainFields(receiver, names);
    if (value === undefined) return evaluate(run, dot, receiver, isInterface, final);
    run.fieldIsInterface = true;
    return value;
  };
}

/** A call of a function by name. */
export function compileFunction(
  node: IdentifierNode,
  command: Node,
  args: readonly ArgumentNode[],
  hasFinal: boolean,
  compiler: Compiler,
): EvaluateCall {
  const found = findFunction(compiler, node.name);
  if (found === undefined) return at(node, (run) => run.fail(`${quoteGoString(node.name)} is not a defined function`));
  const site = { node: command, name: node.name, args: args.slice(1), hasFinal };
  return at(node, compileCall(found.callee, found.isBuiltin, site, compiler));
}
