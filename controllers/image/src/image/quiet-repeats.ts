import { findCondition } from "@eddy/core/conditions";
import { StepError, type Outcome, type ReconcilableObject, type Run } from "@eddy/runtime/controller";

/** A pass that fails as the one before it did publishes no second event: what is known is no news. */
export function withQuietRepeats<T extends ReconcilableObject, Ports>(
  reconcile: (run: Run<T>, ports: Ports) => Promise<Outcome<T>>,
): (run: Run<T>, ports: Ports) => Promise<Outcome<T>> {
  return async (run, ports) => {
    try {
      return await reconcile(run, ports);
    } catch (error) {
      if (!(error instanceof StepError) || !isKnown(run.object, error)) throw error;
      const { reason, message, severity, condition, retryAfterMs } = error;
      throw new StepError(reason, message, {
        class: error.class,
        severity,
        cause: error.cause,
        eventMessage: "",
        ...(condition === undefined ? {} : { condition }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  };
}

function isKnown({ status }: ReconcilableObject, { reason, message }: StepError): boolean {
  const ready = findCondition(status?.conditions, "Ready");
  return ready?.status === "False" && ready.reason === reason && ready.message === message;
}
