import { EddyError, messageOf, type ErrorClass } from "@eddy/core/errors";

/** Options of {@link StepError}. */
export interface StepErrorOptions {
  /** Default: the cause's class, else `retry`. */
  class?: ErrorClass;
  /** A negative condition of the kind that becomes True with the same reason and message, like `FetchFailed`. */
  condition?: string;
  /** Ready's reason, where another condition than the failed step's has the last word. */
  readyReason?: string;
  /** Look again after this long instead of after what the class says. */
  retryAfterMs?: number;
  /** Text of the event where upstream words it differently from the condition; `""`: no event. */
  eventMessage?: string;
  /** Severity of the event; default `error`, and `info` for the class `waiting`. */
  severity?: "info" | "error";
  cause?: unknown;
}

/**
 * Why a step of a pass did not succeed, in the words of the kind's conditions. `reason` becomes the event's reason and, unless
 * `readyReason` is another, Ready's; `message` Ready's message. What follows is decided by `determineConsequence` from the class.
 */
export class StepError extends EddyError {
  override readonly name = "StepError";
  readonly reason: string;
  readonly condition: string | undefined;
  readonly readyReason: string;
  readonly retryAfterMs: number | undefined;
  readonly eventMessage: string | undefined;
  readonly severity: "info" | "error";

  constructor(reason: string, message: string, options: StepErrorOptions = {}) {
    const errorClass = options.class ?? (options.cause instanceof EddyError ? options.cause.class : "retry");
    super("STEP_FAILED", message, {
      class: errorClass,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.reason = reason;
    this.condition = options.condition;
    this.readyReason = options.readyReason ?? reason;
    this.retryAfterMs = options.retryAfterMs;
    this.eventMessage = options.eventMessage;
    this.severity = options.severity ?? (errorClass === "waiting" ? "info" : "error");
  }
}

/** The error itself when it is a StepError, else one with this reason around it: class and message are the error's. */
export function asStepError(error: unknown, reason: string, condition?: string): StepError {
  if (error instanceof StepError) return error;
  return new StepError(reason, messageOf(error), { cause: error, ...(condition === undefined ? {} : { condition }) });
}
