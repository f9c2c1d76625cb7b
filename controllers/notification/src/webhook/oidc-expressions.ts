import type { OidcProvider } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { compileCel, type CelProgram } from "@eddy/schema";

/** An issuer's expressions, compiled. */
export interface CompiledProvider {
  variables: readonly { name: string; program: CelProgram }[];
  validations: readonly { message: string; program: CelProgram }[];
}

const maxKept = 1_000;
const kept = new Map<string, Promise<CelProgram>>();

/**
 * An expression compiled once: that costs a hundred times what running it does.
 * @throws EddyError CEL_INVALID (terminal), also where `bool` is wanted and its type is known to be another. Words: fluxcd/pkg `runtime/cel`.
 */
export function compileOnce(
  expression: string,
  variables: readonly string[],
  result: "bool" | "any",
): Promise<CelProgram> {
  const key = JSON.stringify([expression, variables, result]);
  const program = kept.get(key) ?? compileAs(expression, variables, result);
  kept.delete(key);
  kept.set(key, program);
  if (kept.size > maxKept) kept.delete(kept.keys().next().value ?? "");
  return program;
}

async function compileAs(
  expression: string,
  variables: readonly string[],
  result: "bool" | "any",
): Promise<CelProgram> {
  const program = await compileCel(expression, { variables, result });
  if (result === "any" || ["bool", "dyn"].includes(program.type)) return program;
  const message = `CEL expression output type mismatch: expected bool, got ${program.type}`;
  throw new EddyError("CEL_INVALID", message, { class: "terminal" });
}

/** @throws EddyError CEL_INVALID (terminal) naming the variable or the validation */
export async function compileProvider({ variables = [], validations }: OidcProvider): Promise<CompiledProvider> {
  const compile = async (expression: string, what: string, result: "bool" | "any"): Promise<CelProgram> => {
    try {
      return await compileOnce(expression, ["claims", "vars"], result);
    } catch (cause) {
      throw new EddyError("CEL_INVALID", `invalid expression for ${what}: ${messageOf(cause)}`, {
        class: "terminal",
        cause,
      });
    }
  };
  return {
    variables: await Promise.all(
      variables.map(async ({ name, expression }) => ({
        name,
        program: await compile(expression, `variable ${JSON.stringify(name)}`, "any"),
      })),
    ),
    validations: await Promise.all(
      validations.map(async ({ message, expression }) => ({
        message,
        program: await compile(expression, `validation ${JSON.stringify(message)}`, "bool"),
      })),
    ),
  };
}
