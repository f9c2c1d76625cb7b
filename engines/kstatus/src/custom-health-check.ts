import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { compileCel, type CelProgram } from "@eddy/schema";
import type { ObjectStatus, StatusName } from "./status.ts";

/** CEL expressions of one kind, over the object's own top-level fields (`status.phase == 'Ready'`). */
export interface CustomHealthCheck {
  inProgress?: string;
  failed?: string;
  current: string;
}

/**
 * The status of one object by its expressions: while its generation is not observed InProgress, then the first that is true of
 * inProgress, failed, current; else InProgress.
 * @throws EddyError CEL_FAILED (retry) where an expression fails, as it does on a field that is not there.
 */
export type HealthCheck = (object: unknown) => ObjectStatus;

/**
 * Compiles the expressions of a custom health check. Source: fluxcd/pkg `runtime/cel/status_evaluator.go`.
 * @throws EddyError CEL_INVALID (terminal) for an expression that does not parse, or where `current` is missing.
 */
export async function compileHealthCheck(check: CustomHealthCheck): Promise<HealthCheck> {
  if (check.current === "")
    throw new EddyError("CEL_INVALID", "expression Current not specified", { class: "terminal" });
  const order: readonly (readonly [StatusName, string | undefined])[] = [
    ["InProgress", check.inProgress],
    ["Failed", check.failed],
    ["Current", check.current],
  ];
  const programs: (readonly [StatusName, CelProgram])[] = [];
  for (const [status, expression] of order) {
    if (expression === undefined || expression === "") continue;
    programs.push([status, await compileNamed(status, expression)]);
  }
  return (object) => evaluate(programs, object);
}

async function compileNamed(name: StatusName, expression: string): Promise<CelProgram> {
  try {
    return await compileCel(expression, { variables: "any", result: "bool" });
  } catch (cause) {
    const message = `failed to parse the expression ${name}: ${messageOf(cause)}`;
    throw new EddyError("CEL_INVALID", message, { class: "terminal", cause });
  }
}

function evaluate(programs: readonly (readonly [StatusName, CelProgram])[], object: unknown): ObjectStatus {
  const observed = valueAt(object, "status", "observedGeneration");
  const generation = valueAt(object, "metadata", "generation");
  const isObserved = typeof observed !== "number" || typeof generation !== "number" || observed === generation;
  if (!isObserved) return { status: "InProgress", message: "" };
  const fields = isObject(object) ? object : {};
  const found = programs.find(([, program]) => program.evaluate(fields) === true);
  return { status: found?.[0] ?? "InProgress", message: "" };
}
