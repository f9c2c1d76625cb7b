import type { CommandNode, PipeNode } from "../parse/node.ts";
import type { GoValue } from "../value/go-value.ts";
import type { Compiler } from "./compile-argument.ts";
import { compileCommand } from "./compile-command.ts";
import type { Evaluate, Run } from "./run.ts";

/** A pipeline with its declarations; a nil interface that leaves a command becomes nothing, as in Go. */
export function compilePipe(pipe: PipeNode, compiler: Compiler): Evaluate {
  const evaluate = compileCommands(pipe, compiler);
  if (pipe.declared.length === 0) return evaluate;
  return compileDeclarations(pipe, evaluate, compiler);
}

function compileCommands(pipe: PipeNode, compiler: Compiler): Evaluate {
  const [first, ...others] = pipe.commands;
  const start = compileCommand(first as CommandNode, false, compiler);
  const rest = others.map((command) => compileCommand(command, true, compiler));
  const [second] = rest;
  if (second === undefined) {
    return (run, dot) => {
      run.node = pipe;
      return start(run, dot, undefined) ?? undefined;
    };
  }
  if (rest.length === 1) {
    return (run, dot) => {
      run.node = pipe;
      return second(run, dot, start(run, dot, undefined) ?? undefined) ?? undefined;
    };
  }
  return (run, dot) => {
    run.node = pipe;
    let value = start(run, dot, undefined) ?? undefined;
    for (const command of rest) value = command(run, dot, value) ?? undefined;
    return value;
  };
}

function compileDeclarations({ declared, isAssign }: PipeNode, evaluate: Evaluate, compiler: Compiler): Evaluate {
  const { scope } = compiler;
  const stores = declared.map(({ names }) => {
    const name = names[0] as string;
    return compileStore(name, isAssign ? scope.resolve(name) : scope.declare(name));
  });
  const [store] = stores;
  if (store !== undefined && stores.length === 1) {
    return (run, dot) => {
      const value = evaluate(run, dot);
      store(run, value, false);
      return value;
    };
  }
  return (run, dot) => {
    const value = evaluate(run, dot);
    for (const each of stores) each(run, value, false);
    return value;
  };
}

/** Sets a variable; `isInterface` when it is an element of a list or map of interfaces. */
export type Store = (run: Run, value: GoValue, isInterface: boolean) => void;

/** How a variable in a slot is set; one that is not in scope fails. */
export function compileStore(name: string, slot: number | undefined): Store {
  if (slot === undefined) return (run) => run.fail(`undefined variable: ${name}`);
  return (run, value, isInterface) => {
    run.variables[slot] = value;
    run.interfaces[slot] = isInterface;
  };
}
