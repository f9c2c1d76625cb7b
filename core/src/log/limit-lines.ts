import type { Clock } from "../clock/index.ts";
import type { LogFields, Logger, LogLevel } from "./index.ts";

/** Options of {@link limitLines}. */
export interface LimitLinesOptions {
  readonly clock: Clock;
  /** Milliseconds; default 1,000. */
  readonly everyMs?: number;
  /** Fields by which lines of one message are told apart; what they hold must be bounded. Default: none. */
  readonly by?: readonly string[];
}

interface Held {
  /** Writes the last line that was held back. */
  write(leftOut: number): void;
  count: number;
}

/**
 * A logger for lines that anybody may cause: of each message one line in `everyMs` is written. The first is written at once; what
 * comes meanwhile is told by its last line, at the end of that time, with `leftOut`: how many more there were.
 */
export function limitLines(logger: Logger, { clock, everyMs = 1_000, by = [] }: LimitLinesOptions): Logger {
  const held = new Map<string, Held | undefined>();
  const hold = (key: string): void => {
    held.set(key, undefined);
    clock.after(everyMs, () => {
      const last = held.get(key);
      held.delete(key);
      if (!last) return;
      last.write(last.count - 1);
      hold(key);
    });
  };
  const limited = (target: Logger): Logger => ({
    log(level: LogLevel, message: string, fields: LogFields = {}) {
      const key = JSON.stringify([level, message, ...by.map((name) => String(fields[name] ?? ""))]);
      if (!held.has(key)) {
        hold(key);
        return target.log(level, message, fields);
      }
      const count = (held.get(key)?.count ?? 0) + 1;
      const write = (leftOut: number): void =>
        target.log(level, message, leftOut === 0 ? fields : { ...fields, leftOut });
      held.set(key, { count, write });
    },
    with: (fields) => limited(target.with(fields)),
  });
  return limited(logger);
}
