import { EddyError } from "@eddy/core/errors";

/**
 * What a template function answers instead of a value: an error result of Go's, or a panic, which text/template turns into one.
 * The message is Go's; the evaluator puts `error calling <name>: ` before it. Code TEMPLATE_FUNCTION, terminal.
 */
export class CallError extends EddyError {
  override readonly name: string = "CallError";

  constructor(message: string) {
    super("TEMPLATE_FUNCTION", message, { class: "terminal" });
  }
}

/** Go's words for a nil where something is looked into. */
export const nilPointer = "runtime error: invalid memory address or nil pointer dereference";

/** Go's words for an index or a bound that a slice or string does not have. */
export function outOfRange(range: string): CallError {
  return new CallError(`runtime error: slice bounds out of range ${range}`);
}

/** @throws CallError for a negative count, as strings.Repeat says it */
export function checkRepeat(count: number): void {
  if (count < 0) throw new CallError("strings: negative Repeat count");
}
