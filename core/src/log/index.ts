/**
 * Structured logging as a port. Where lines go and how they look is the program's business (`apps/server`).
 *
 * Entry points: {@link Logger}, {@link silentLogger}; {@link limitLines} for lines that anybody may cause.
 */

export { limitLines, type LimitLinesOptions } from "./limit-lines.ts";

/** How much a line matters; `trace` is the least. */
export type LogLevel = "trace" | "debug" | "info" | "error";

/** Keys as Flux's controllers log them: `controller`, `controllerKind`, `name`, `namespace`, `revision`, … */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines, or drops those below its level. Never throws. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

/** Drops everything. */
export const silentLogger: Logger = { log: () => {}, with: () => silentLogger };
