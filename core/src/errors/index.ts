/**
 * Errors that say what happened, and what a controller should do about them.
 *
 * Not a place for messages: each package words its own. Entry point: {@link EddyError}.
 */

/**
 * What follows from an error:
 * `terminal`: nothing helps until the spec or a referenced Secret changes (condition Stalled);
 * `waiting`: something else must happen first, look again after it or after a fixed delay, without backoff;
 * `retry`: may pass by itself, try again with backoff.
 */
export type ErrorClass = "terminal" | "waiting" | "retry";

/** Where in a file something is wrong. Line and column count from 1. */
export interface SourcePosition {
  file?: string;
  line?: number;
  column?: number;
  /** Path of the field, like `spec.containers[0].image`. */
  field?: string;
}

/** Options of {@link EddyError}. */
export interface EddyErrorOptions {
  class?: ErrorClass;
  position?: SourcePosition;
  /** What to do next, for a person; the CLI prints it on a line of its own. */
  hint?: string;
  cause?: unknown;
}

/** An error with a stable `code` (UPPER_SNAKE, unique in the repository) and a class. The class is `retry` unless given. */
export class EddyError extends Error {
  override readonly name: string = "EddyError";
  readonly code: string;
  readonly class: ErrorClass;
  readonly position: SourcePosition | undefined;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: EddyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.class = options.class ?? "retry";
    this.position = options.position;
    this.hint = options.hint;
  }
}

/** The text of anything thrown, in one line of sight: never `[object Object]`, never a stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [error.message, ...error.errors.map(messageOf)].filter((text) => text !== "").join(": ");
  }
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" ? error : (JSON.stringify(error) ?? String(error));
}

/** `file:line:column`, as far as known; "" when nothing is. */
export function formatPosition(position: SourcePosition | undefined): string {
  if (!position) return "";
  const parts = [position.file, position.line, position.column].filter((part) => part !== undefined);
  return parts.join(":");
}
