import { quoteGoString } from "../fmt/quote.ts";
import { printableOf } from "../fmt/printable.ts";
import { sprint } from "../fmt/sprint.ts";
import type { FunctionTable } from "../function.ts";
import { type BranchNode, formatNode, type ListNode, type StatementNode, type Tree } from "../parse/node.ts";
import { type GoValue, typeOf } from "../value/go-value.ts";
import { builtins } from "./builtins.ts";
import type { Compiler } from "./compile-argument.ts";
import { compilePipe } from "./compile-pipe.ts";
import { compileRange } from "./compile-range.ts";
import type { CompiledTemplate, Perform, Run, Signal } from "./run.ts";
import { Scope } from "./scope.ts";
import { isTrue } from "./truth.ts";

/** Makes a tree ready to run with these functions. */
export function compileTemplate(tree: Tree, functions: FunctionTable): CompiledTemplate {
  const scope = new Scope();
  const body = compileList(tree.root, { functions, builtins, scope });
  return { tree, body, slots: scope.slots };
}

/** Statements one after the other; stops at a break or continue. */
export function compileList(list: ListNode, compiler: Compiler): Perform {
  const statements = list.nodes.map((node) => compileStatement(node, compiler));
  const [only] = statements;
  if (only !== undefined && statements.length === 1) return only;
  return (run, dot) => {
    for (const perform of statements) {
      const signal = perform(run, dot);
      if (signal !== 0) return signal;
    }
    return 0;
  };
}

function compileStatement(node: StatementNode, compiler: Compiler): Perform {
  switch (node.kind) {
    case "text":
      return (run) => (run.write(node.text), 0);
    case "action":
      return compileAction(node, compiler);
    case "break":
      return () => 1;
    case "continue":
      return () => 2;
    case "template":
      return compileTemplateCall(node, compiler);
    case "range":
      return compileRange(node, compiler);
    default:
      return compileBranch(node, compiler);
  }
}

function compileAction(node: Extract<StatementNode, { kind: "action" }>, compiler: Compiler): Perform {
  const evaluate = compilePipe(node.pipe, compiler);
  if (node.pipe.declared.length > 0) {
    return (run, dot) => {
      run.step();
      evaluate(run, dot);
      return 0;
    };
  }
  return (run, dot) => {
    run.step();
    const value = evaluate(run, dot);
    if (typeof value === "string") run.write(value);
    else {
      run.node = node;
      run.write(printValue(run, value, node));
    }
    return 0;
  };
}

function printValue(run: Run, value: GoValue, node: StatementNode): string {
  const { kind, name } = typeOf(value);
  if (kind === "func") run.fail(`can't print ${formatNode(node)} of type ${name}`);
  return sprint([printableOf(value)]);
}

function compileBranch({ kind, pipe, list, elseList }: BranchNode, compiler: Compiler): Perform {
  return compiler.scope.within(() => {
    const evaluate = compilePipe(pipe, compiler);
    const yes = compiler.scope.within(() => compileList(list, compiler));
    const no = elseList === undefined ? undefined : compiler.scope.within(() => compileList(elseList, compiler));
    return kind === "with" ? performWith(evaluate, yes, no) : performIf(evaluate, yes, no);
  });
}

type Evaluating = (run: Run, dot: GoValue) => GoValue;

function performIf(evaluate: Evaluating, yes: Perform, no: Perform | undefined): Perform {
  return (run, dot) => {
    run.step();
    if (isTrue(evaluate(run, dot))) return yes(run, dot);
    return no === undefined ? 0 : no(run, dot);
  };
}

function performWith(evaluate: Evaluating, yes: Perform, no: Perform | undefined): Perform {
  return (run, dot) => {
    run.step();
    const value = evaluate(run, dot);
    if (!isTrue(value)) return no === undefined ? 0 : no(run, dot);
    const outer = run.dotIsInterface;
    run.dotIsInterface = false;
    const signal = yes(run, value);
    run.dotIsInterface = outer;
    return signal;
  };
}

function compileTemplateCall(node: Extract<StatementNode, { kind: "template" }>, compiler: Compiler): Perform {
  const { name, pipe } = node;
  const evaluate = pipe === undefined ? undefined : compilePipe(pipe, compiler);
  return (run, dot) => {
    run.step();
    run.node = node;
    const template = run.templates.compiled(name);
    if (template === undefined) return run.fail(`template ${quoteGoString(name)} not defined`);
    run.call = { node, template: run.template };
    if (run.depth >= run.budget.maxDepth) run.fail(`exceeded maximum template depth (${run.budget.maxDepth})`);
    return performTemplate(run, template, evaluate?.(run, dot));
  };
}

function performTemplate(run: Run, template: CompiledTemplate, data: GoValue): Signal {
  const { template: outer, node, variables, interfaces, dotIsInterface } = run;
  run.template = template;
  run.variables = [data];
  run.interfaces = [];
  run.dotIsInterface = false;
  run.depth++;
  run.node = template.tree.root;
  template.body(run, data);
  run.depth--;
  run.template = outer;
  run.node = node;
  run.variables = variables;
  run.interfaces = interfaces;
  run.dotIsInterface = dotIsInterface;
  return 0;
}
