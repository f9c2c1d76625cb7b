import type { ErrorClass } from "@eddy/core/errors";
import type { StepError } from "./step-error.ts";

/** What follows from a failed pass. */
export interface Consequence {
  /** Stalled=True, Reconciling gone, the generation observed; otherwise Reconciling=True/`ProgressingWithRetry`. */
  stalled: boolean;
  /** `onChange`: only when something it reads changes. `after`: a fixed time. `retry`: the kind's retry policy. */
  requeue: "onChange" | "after" | "retry";
  /** Whether the failure counts for the backoff. */
  counts: boolean;
}

/**
 * The one table from an error's class to what follows. Ready=False with the error's reason and message in each row;
 * the event's severity is the error's own. Source: Flux spec 3.1 step 4 and 3.10.
 */
const table: Readonly<Record<ErrorClass, Consequence>> = {
  terminal: { stalled: true, requeue: "onChange", counts: false },
  waiting: { stalled: false, requeue: "after", counts: false },
  retry: { stalled: false, requeue: "retry", counts: true },
};

/** What follows from this error; one that says when to look again is looked at then. */
export function determineConsequence(error: Pick<StepError, "class" | "retryAfterMs">): Consequence {
  const row = table[error.class];
  return error.retryAfterMs !== undefined && row.requeue === "retry" ? { ...row, requeue: "after" } : row;
}
