import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { loadEngine } from "./engine.ts";
import { compileExpression, summaryOf } from "./expression.ts";
import { maxRuleCost } from "./cost.ts";
import type { CelProgram, CompileCelOptions } from "./types.ts";
import { toCel } from "./values.ts";

/**
 * Compiles an expression of Flux's health checks or `readyExpr`: Kubernetes' function library, optional syntax, variables of any
 * type. Loads the engine at the first call.
 * @throws EddyError CEL_INVALID (terminal) where it does not parse or its types cannot agree.
 */
export async function compileCel(expression: string, options: CompileCelOptions): Promise<CelProgram> {
  const engine = await loadEngine();
  try {
    const compiled = compileExpression(engine, expression, options.variables);
    return { expression, evaluate: (variables) => evaluate(variables) };

    function evaluate(variables: Readonly<Record<string, unknown>>): unknown {
      const values: Record<string, unknown> = {};
      let largest = 0;
      for (const name of options.variables) {
        const converted = toCel(undefined, variables[name] as Json | undefined);
        if (converted.value !== undefined) values[name] = converted.value;
        largest = Math.max(largest, converted.largest);
      }
      if (compiled.cost(largest) > maxRuleCost)
        throw failed(expression, "operation cancelled: actual cost limit exceeded");
      return checkResult(runOrFail(values), options.result ?? "any", expression);
    }

    function runOrFail(values: Record<string, unknown>): unknown {
      try {
        return compiled.run(values);
      } catch (error) {
        throw failed(expression, summaryOf(engine.cel, error));
      }
    }
  } catch (error) {
    throw new EddyError("CEL_INVALID", `compile ${JSON.stringify(expression)}: ${summaryOf(engine.cel, error)}`, {
      class: "terminal",
    });
  }
}

function failed(expression: string, why: string): EddyError {
  return new EddyError("CEL_FAILED", `evaluate ${JSON.stringify(expression)}: ${why}`);
}

function checkResult(result: unknown, wanted: "bool" | "string" | "any", expression: string): unknown {
  if (wanted === "any") return result;
  const type = wanted === "bool" ? "boolean" : "string";
  if (typeof result === type) return result;
  throw failed(expression, `want a ${wanted}, got ${typeof result === "bigint" ? "int" : typeof result}`);
}
