/**
 * Whether an error says that templates are nested too deeply for the stack. Regular expressions that are compiled at that
 * point say so in an error of their own; none is used here.
 */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith("Maximum call stack size exceeded");
}
