import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { maxRuleCost } from "./cost.ts";
import { loadEngine, type CelModule } from "./engine.ts";
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
    return new Program(engine.cel, expression, compiled, options.result ?? "any");
  } catch (error) {
    const message = `failed to parse the CEL expression '${expression}': ${summaryOf(engine.cel, error)}`;
    throw new EddyError("CEL_INVALID", message, { class: "terminal" });
  }
}

class Program implements CelProgram {
  readonly expression: string;
  private readonly cel: CelModule;
  private readonly compiled: Expression;
  private readonly result: "bool" | "string" | "any";

  constructor(cel: CelModule, expression: string, compiled: Expression, result: "bool" | "string" | "any") {
    this.cel = cel;
    this.expression = expression;
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
    let largest = 0;
    for (const name of this.compiled.uses) {
      // What is missing is an error only where it is read: `missing && false` is false.
      if (!Object.hasOwn(variables, name) || variables[name] === undefined) continue;
      const converted = toCel(undefined, variables[name] as Json);
      values[name] = converted.value;
      largest = Math.max(largest, converted.largest);
    }
    if (this.compiled.cost(largest) > maxRuleCost) throw this.failed("operation cancelled: actual cost limit exceeded");
    return values;
  }

  private run(values: Record<string, unknown>): unknown {
    try {
      return this.compiled.run(values);
    } catch (error) {
      throw this.failed(summaryOf(this.cel, error).replace(/^Unknown variable: /, "no such attribute(s): "));
    }
  }

  private failed(why: string): EddyError {
    return new EddyError("CEL_FAILED", `failed to evaluate the CEL expression '${this.expression}': ${why}`);
  }
}
