import type { CustomHealthCheck } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { compileHealthCheck, type HealthCheck } from "@eddy/kstatus";
import { StepError } from "@eddy/runtime/controller";
import type { ObjectStatus } from "@eddy/runtime/health";
import { compileCel, type CelProgram } from "@eddy/schema";

/** The status of an object by `spec.healthCheckExprs`; undefined where none is for its kind. */
export type CustomStatusOf = (object: KubeObject) => ObjectStatus | undefined;

/** CEL expressions of HelmReleases, compiled once: compiling costs a hundred times what running does. */
export interface Expressions {
  /** @throws StepError InvalidCELExpression (terminal) */
  customStatusOf(checks: readonly CustomHealthCheck[] | undefined): Promise<CustomStatusOf>;
  /** A `readyExpr` over `self` and `dep`. @throws StepError InvalidCELExpression (terminal) */
  readiness(expression: string): Promise<CelProgram>;
}

const maxKept = 1_000;

/** Expressions with none compiled. */
export function createExpressions(): Expressions {
  const programs = new Map<string, Promise<CelProgram>>();
  const checks = new Map<string, Promise<HealthCheck>>();
  return {
    readiness: (expression) =>
      kept(programs, expression, () => compileCel(expression, { variables: ["self", "dep"], result: "bool" })),
    async customStatusOf(wanted = []) {
      const compiled = await Promise.all(
        wanted.map(async ({ apiVersion, kind, current, inProgress, failed }) => {
          const expressions = { current, ...(inProgress ? { inProgress } : {}), ...(failed ? { failed } : {}) };
          const check = await kept(checks, JSON.stringify(expressions), () => compileHealthCheck(expressions));
          return { apiVersion, kind, check };
        }),
      );
      return (object) => {
        const custom = compiled.find(
          ({ apiVersion, kind }) => object.apiVersion === apiVersion && (!kind || object.kind === kind),
        );
        return custom && evaluate(custom.check, object);
      };
    },
  };
}

async function kept<V>(memory: Map<string, Promise<V>>, key: string, compile: () => Promise<V>): Promise<V> {
  const known = memory.get(key) ?? compile();
  memory.delete(key);
  memory.set(key, known);
  if (memory.size > maxKept) memory.delete(memory.keys().next().value ?? "");
  try {
    return await known;
  } catch (cause) {
    const message = `Reconciliation failed terminally due to configuration error: ${messageOf(cause)}`;
    throw new StepError("InvalidCELExpression", message, {
      class: "terminal",
      eventMessage: messageOf(cause),
      cause,
    });
  }
}

// An expression fails on a field that is not there yet: that is no answer, not an end.
function evaluate(check: HealthCheck, object: KubeObject): ObjectStatus {
  try {
    return check(object).status;
  } catch {
    return "Unknown";
  }
}
