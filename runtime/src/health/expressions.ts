import type { CustomHealthCheck } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { parseApiVersion, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { compileHealthCheck, type HealthCheck } from "@eddy/kstatus";
import { compileCel, type CelProgram } from "@eddy/schema";
import { StepError } from "../controller/index.ts";
import type { ObjectStatus } from "./determine-health.ts";

/** The status of an object by `spec.healthCheckExprs`; undefined where none is for its kind. */
export type CustomStatusOf = (object: KubeObject) => ObjectStatus | undefined;

/** CEL expressions of the objects of a controller, compiled once: compiling costs a hundred times what running does. */
export interface Expressions {
  /** @throws StepError InvalidCELExpression (terminal) */
  customStatusOf(checks: readonly CustomHealthCheck[] | undefined): Promise<CustomStatusOf>;
  /** A `readyExpr` over `self` and `dep`; `describe` says what its error is about. @throws StepError InvalidCELExpression (terminal) */
  readiness(expression: string, describe: (detail: string) => string): Promise<CelProgram>;
}

const maxKept = 1_000;

/** How {@link createExpressions} tells of an expression that is none. */
export interface ExpressionsOptions {
  /** What the event says, of the error of the compiler. Default: what the condition says. */
  eventMessageOf?: (error: unknown) => string;
}

/** Expressions with none compiled. */
export function createExpressions({ eventMessageOf }: ExpressionsOptions = {}): Expressions {
  const programs = new Map<string, Promise<CelProgram>>();
  const checks = new Map<string, Promise<HealthCheck>>();
  const refuse = (cause: unknown): never => {
    const message = `Reconciliation failed terminally due to configuration error: ${messageOf(cause)}`;
    const event = eventMessageOf ? { eventMessage: eventMessageOf(cause) } : {};
    throw new StepError("InvalidCELExpression", message, { class: "terminal", cause, ...event });
  };
  return {
    readiness: (expression, describe) =>
      kept(programs, expression, () => compileCel(expression, { variables: ["self", "dep"], result: "bool" })).catch(
        (cause: unknown) => refuse(described(describe(messageOf(cause)), cause)),
      ),
    async customStatusOf(wanted = []) {
      const compiled = await Promise.all(
        wanted.map(async ({ apiVersion, kind, current, inProgress, failed }, index) => {
          const expressions = { current, ...(inProgress ? { inProgress } : {}), ...(failed ? { failed } : {}) };
          const compiling = kept(checks, JSON.stringify(expressions), () => compileHealthCheck(expressions));
          const check = await compiling.catch((cause: unknown) => {
            const where = `failed to create custom status evaluator for healthchecks[${index}]`;
            throw described(`${where}: ${messageOf(cause)}`, cause);
          });
          return { apiVersion, kind, check };
        }),
      ).catch(refuse);
      return (object) => {
        const custom = compiled.find(
          ({ apiVersion, kind }) => object.apiVersion === apiVersion && (!kind || object.kind === kind),
        );
        return custom && evaluate(custom.check, object);
      };
    },
  };
}

/** Whether an expression may say what the status of objects of this kind is, whatever their version. */
export function hasExpression(
  checks: readonly CustomHealthCheck[] | undefined,
  { group, kind }: Pick<ObjectRef, "group" | "kind">,
): boolean {
  return (
    checks?.some(
      (check) => parseApiVersion(check.apiVersion).group === group && (!check.kind || check.kind === kind),
    ) === true
  );
}

function described(message: string, cause: unknown): EddyError {
  return new EddyError("CEL_INVALID", message, { class: "terminal", cause });
}

async function kept<V>(memory: Map<string, Promise<V>>, key: string, compile: () => Promise<V>): Promise<V> {
  const known = memory.get(key) ?? compile();
  memory.delete(key);
  memory.set(key, known);
  if (memory.size > maxKept) memory.delete(memory.keys().next().value ?? "");
  return known;
}

// An expression fails on a field that is not there yet: that is no answer, not an end.
function evaluate(check: HealthCheck, object: KubeObject): ObjectStatus {
  try {
    return check(object).status;
  } catch {
    return "Unknown";
  }
}
