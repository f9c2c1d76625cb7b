import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { maxRuleCost } from "./cost.ts";
import { loadEngine } from "./engine.ts";
import { compileExpression, summaryOf, type Expression } from "./expression.ts";
import type { CelProgram, CompileCelOptions } from "./types.ts";
import { toCel } from "./values.ts";

/**
 * Compiles an expression of Flux's health checks or `readyExpr`: Kubernetes' function library, optional syntax, variables of any
 * type. Loads the engine at the first call.
 * @throws EddyError CEL_INVALID (terminal) where it does not parse or its types cannot agree. Words: fluxcd/pkg `runtime/cel`.
 */
export async function compileCel(expression: string, options: CompileCelOptions): Promise<CelProgram> {
  const engine = await loadEngine();
  try {
    const compiled = compileExpression(engine, expression, options.variables);
    return new Program(expression, compiled, options.result ?? "any");
  } catch (error) {
    const message = `failed to parse the CEL expression '${expression}': ${summaryOf(engine.cel, error)}`;
    throw new EddyError("CEL_INVALID", message, { class: "terminal" });
  }
}

class Program implements CelProgram {
  readonly expression: string;
  readonly type: string;
  private readonly compiled: Expression;
  private readonly result: "bool" | "string" | "any";

  constructor(expression: string, compiled: Expression, result: "bool" | "string" | "any") {
    this.expression = expression;
    this.type = compiled.type.replaceAll("<", "(").replaceAll(">", ")");
    this.compiled = compiled;
    this.result = result;
  }

  evaluate(variables: Readonly<Record<string, unknown>>): unknown {
    const result = this.run(this.valuesOf(variables));
    const type = { bool: "boolean", string: "string", any: typeof result }[this.result];
    if (typeof result === type) return result;
    const wanted = this.result === "bool" ? "boolean" : "string";
    throw new EddyError("CEL_FAILED", `failed to evaluate CEL expression as ${wanted}: '${this.expression}'`);
  }

  private valuesOf(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const name of this.compiled.uses) {
      // What is missing is an error only where it is read: `missing && false` is false.
      if (!Object.hasOwn(variables, name) || variables[name] === undefined) continue;
      values[name] = toCel(undefined, variables[name] as Json);
    }
    return values;
  }

  private run(values: Record<string, unknown>): unknown {
    const evaluation = this.compiled.run(values, maxRuleCost);
    if ("result" in evaluation) return evaluation.result;
    throw this.failed(evaluation.problem.replace(/^Unknown variable: /, "no such attribute(s): "));
  }

  private failed(why: string): EddyError {
    return new EddyError("CEL_FAILED", `failed to evaluate the CEL expression '${this.expression}': ${why}`);
  }
}
