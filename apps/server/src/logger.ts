import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { LogFields, Logger, LogLevel } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { LogEncoding } from "./options.ts";

const order: readonly LogLevel[] = ["trace", "debug", "info", "error"];

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  level: LogLevel;
  encoding: LogEncoding;
  masker: Masker;
  clock: Clock;
  /** Takes one line with its line feed. */
  write(line: string): void;
}

/**
 * A logger with upstream's keys: `level`, `ts`, `msg`, then the fields. Every text passes the masker. Fields that cannot be
 * written as JSON are written as text. Source: flux2.md 3.0 "Logs".
 */
export function createLogger(options: LoggerOptions, fields: LogFields = {}): Logger {
  const threshold = order.indexOf(options.level);
  return {
    log(level, message, more = {}) {
      if (order.indexOf(level) < threshold) return;
      const ts = new Date(options.clock.now()).toISOString();
      const line = formatLine(options, { level, ts, msg: message }, { ...fields, ...more });
      options.write(`${line}\n`);
    },
    with: (more) => createLogger(options, { ...fields, ...more }),
  };
}

function formatLine(
  { encoding, masker }: Pick<LoggerOptions, "encoding" | "masker">,
  head: { level: string; ts: string; msg: string },
  fields: LogFields,
): string {
  const mask = maskFor(fields, masker);
  if (encoding === "json") return toJson({ ...head, ...fields }, mask);
  const extra = Object.keys(fields).length === 0 ? "" : `\t${toJson(fields, mask)}`;
  return `${head.ts}\t${head.level.toUpperCase()}\t${mask(head.msg)}${extra}`;
}

// A line about one object is masked as what is said of it elsewhere.
function maskFor({ namespace, name }: LogFields, masker: Masker): Masker["mask"] {
  if (typeof namespace !== "string") return masker.mask;
  const own = masker.of(namespace);
  own.reveal(namespace, typeof name === "string" ? name : undefined);
  return own.mask;
}

// Texts are masked before they are encoded: in JSON a quote or a line feed of a secret no longer reads as it was registered.
function toJson(value: object, mask: Masker["mask"]): string {
  try {
    return JSON.stringify(value, (_key, member: unknown) => {
      if (member instanceof Error) return mask(messageOf(member));
      if (typeof member === "string") return mask(member);
      return typeof member === "bigint" ? member.toString() : member;
    });
  } catch (error) {
    return JSON.stringify({ msg: `write a log line: ${messageOf(error)}` });
  }
}
