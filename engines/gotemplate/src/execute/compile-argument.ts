import type { FunctionTable, GoFunction } from "../function.ts";
import { type ArgumentNode, formatNode, type NumberNode } from "../parse/node.ts";
import type { GoType } from "../value/go-type.ts";
import { Complex, type GoValue } from "../value/go-value.ts";
import { int, integer, integerTypes, type IntegerType } from "../value/integer.ts";
import { canBeNil, makeCheck } from "./check-type.ts";
import { compileChain, compileField, compileFunction, compileVariable } from "./compile-command.ts";
import { compilePipe } from "./compile-pipe.ts";
import type { Evaluate } from "./run.ts";
import type { Scope } from "./scope.ts";

/** What compiling needs to know of the surroundings. */
export interface Compiler {
  readonly functions: FunctionTable;
  readonly builtins: FunctionTable;
  readonly scope: Scope;
}

/** A function by name, and whether it is text/template's own. */
export function findFunction(
  { functions, builtins }: Compiler,
  name: string,
): { callee: GoFunction; isBuiltin: boolean } | undefined {
  if (Object.hasOwn(functions, name)) return { callee: functions[name] as GoFunction, isBuiltin: false };
  if (Object.hasOwn(builtins, name)) return { callee: builtins[name] as GoFunction, isBuiltin: true };
  return undefined;
}

/** An argument whose names are resolved and whose type is still to come. */
export type PreparedArgument = (type: GoType) => Evaluate;

/** An argument as Go's evalArg evaluates it: constants are converted to the parameter's type, everything else is checked. */
export function prepareArgument(node: ArgumentNode, compiler: Compiler): PreparedArgument {
  if (node.kind === "nil") return (type) => compileNil(node, type);
  if (node.kind === "bool" || node.kind === "number" || node.kind === "string") {
    return (type) => compileConstant(node, type);
  }
  const evaluate = compileOperand(node, compiler);
  return (type) => {
    const check = makeCheck(type);
    return (run, dot) => {
      run.node = node;
      return check(run, evaluate(run, dot));
    };
  };
}

function compileNil(node: ArgumentNode, type: GoType): Evaluate {
  const value = type.name === "reflect.Value" ? undefined : null;
  return (run) => {
    run.node = node;
    return canBeNil(type) ? value : run.fail(`cannot assign nil to ${type.name}`);
  };
}

type Constant = Extract<ArgumentNode, { kind: "bool" | "number" | "string" }>;

/** What is evaluated without arguments: dots, fields, variables, pipelines, functions, chains. */
export function compileOperand(node: Exclude<ArgumentNode, Constant | { kind: "nil" }>, compiler: Compiler): Evaluate {
  switch (node.kind) {
    case "dot":
      return (_, dot) => dot;
    case "field":
      return compileField(node, [node], false, compiler);
    case "variable":
      return compileVariable(node, [node], false, compiler);
    case "pipe":
      return compilePipe(node, compiler);
    case "identifier":
      return compileFunction(node, node, [node], false, compiler);
    case "chain":
      return compileChain(node, [node], false, compiler);
  }
}

function compileConstant(node: Constant, type: GoType): Evaluate {
  const value = constantAs(node, type);
  if (typeof value === "object" && value !== null && "problem" in value) {
    const problem = (value as { problem: string }).problem;
    return (run) => {
      run.node = node;
      return run.fail(problem);
    };
  }
  return (run) => {
    run.node = node;
    return value;
  };
}

function constantAs(node: Constant, type: GoType): GoValue {
  const { kind, name } = type;
  if (name === "interface {}" || name === "reflect.Value") return idealConstant(node);
  if (kind === "bool") return node.kind === "bool" ? node.value : refuse("bool", node);
  if (kind === "string") return node.kind === "string" ? node.text : refuse("string", node);
  if (kind === "float64" || kind === "float32") {
    return node.kind === "number" && node.float !== undefined ? node.float : refuse("float", node);
  }
  if (kind === "complex128") return node.kind === "number" && node.complex ? complexOf(node) : refuse("complex", node);
  if (kind in integerTypes) return integerAs(node, kind as IntegerType);
  return { problem: `can't handle ${formatNode(node)} for arg of type ${name}` };
}

function refuse(wanted: string, node: Constant): { problem: string } {
  return { problem: `expected ${wanted}; found ${formatNode(node)}` };
}

function integerAs(node: Constant, kind: IntegerType): GoValue {
  const { signed } = integerTypes[kind];
  const value = node.kind === "number" ? (signed ? node.int : node.uint) : undefined;
  return value === undefined ? refuse(signed ? "integer" : "unsigned integer", node) : integer(kind, value);
}

function complexOf({ complex }: NumberNode): Complex {
  return new Complex(complex?.real ?? 0, complex?.imaginary ?? 0);
}

/** The value that a constant has by itself; a `problem` where an integer is too large for int. */
export function idealConstant(node: Constant): GoValue {
  if (node.kind === "bool") return node.value;
  if (node.kind === "string") return node.text;
  const { text } = node;
  if (node.complex !== undefined) return complexOf(node);
  const isHexInt = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (node.float !== undefined && !isHexInt && !text.startsWith("'") && /[.eEpP]/.test(text)) return node.float;
  return node.int === undefined ? { problem: `${text} overflows int` } : int(node.int);
}

/** Whether a result's static type is an interface, for errors about its fields. */
export function isInterfaceResult(callee: GoFunction | undefined): boolean {
  return callee?.result.kind === "interface";
}
