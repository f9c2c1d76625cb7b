import type { LibraryContext } from "./engine.ts";

/** What the engine hands to a macro; not part of its published types. */
interface MacroNode {
  op: string;
  args: unknown;
}

interface Scope {
  forkWithVariable(name: string, type: unknown): Scope;
  reuse(scope: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}

interface Checker {
  check(node: MacroNode, scope: Scope): { kind: string; valueType?: unknown };
  getType(name: string): unknown;
  createError(code: string, message: string, node: MacroNode): Error;
}

interface Evaluator {
  run(node: MacroNode, scope: Scope): unknown;
}

interface OptionalMacro {
  receiver: MacroNode;
  variable: MacroNode;
  body: MacroNode;
  inner: Scope | undefined;
}

/** `optMap` and `optFlatMap`, which the engine lacks. */
export function registerOptionals({ env, cel, fail }: LibraryContext): void {
  const define = (name: string, wrap: (value: unknown) => unknown): void => {
    const handler = ({ receiver, args }: { receiver: MacroNode; args: MacroNode[] }): object => {
      const macro: OptionalMacro = {
        receiver,
        variable: args[0] as MacroNode,
        body: args[1] as MacroNode,
        inner: undefined,
      };
      return {
        typeCheck: (checker: Checker, _node: unknown, scope: Scope) => checkMacro(checker, macro, scope, name),
        evaluate: (evaluator: Evaluator, _node: unknown, scope: Scope) => {
          const value = evaluator.run(macro.receiver, scope);
          if (!(value instanceof cel.Optional)) throw fail(`${name}() receiver must be optional`);
          if (!value.hasValue() || macro.inner === undefined) return value;
          return wrap(evaluator.run(macro.body, macro.inner.reuse(scope).setIterValue(value.value(), evaluator)));
        },
      };
    };
    env.registerFunction(`optional.${name}(ast, ast): dyn`, handler);
  };
  define("optMap", (value) => cel.Optional.of(value));
  define("optFlatMap", (value) => value);
}

function checkMacro(checker: Checker, macro: OptionalMacro, scope: Scope, name: string): unknown {
  if (macro.variable.op !== "id") {
    throw checker.createError(
      "invalid_macro_argument",
      `${name}() variable must be a simple identifier`,
      macro.variable,
    );
  }
  const receiver = checker.check(macro.receiver, scope);
  const type = receiver.kind === "optional" ? receiver.valueType : checker.getType("dyn");
  macro.inner = scope.forkWithVariable(String(macro.variable.args), type);
  checker.check(macro.body, macro.inner);
  return checker.getType("optional");
}
