import type { Clock } from "@eddy/core/clock";

/** The last lines that an action logged, for the event of its failure. */
export interface LogBuffer {
  add(line: string): void;
  /** "" when nothing was logged. */
  text(): string;
}

interface Line {
  text: string;
  firstMs: number;
  lastMs: number;
  /** How often it came again. */
  repeated: number;
}

const maxLines = 10;

/** An empty buffer of ten lines; the same line again and again counts as one. Source: helm-controller action/log.go. */
export function createLogBuffer(clock: Clock): LogBuffer {
  const lines: Line[] = [];
  return {
    add(text) {
      const nowMs = clock.now();
      const last = lines.at(-1);
      if (last?.text === text) {
        last.repeated++;
        last.lastMs = nowMs;
        return;
      }
      lines.push({ text, firstMs: nowMs, lastMs: nowMs, repeated: 0 });
      if (lines.length > maxLines) lines.shift();
    },
    text: () => lines.map(formatLine).join("\n"),
  };
}

function formatLine({ text, firstMs, lastMs, repeated }: Line): string {
  const first = `${new Date(firstMs).toISOString()}: ${text}`;
  if (repeated === 0) return first;
  const omitted = repeated - 1;
  const note = omitted === 0 ? "" : ` (${omitted} duplicate line${omitted > 1 ? "s" : ""} omitted)`;
  return `${first}\n${new Date(lastMs).toISOString()}: ${text}${note}`;
}

/** A message with the log behind it, as failure events have it. */
export function withLog(message: string, log: LogBuffer): string {
  const text = log.text();
  return text === "" ? message : `${message}\n\nLast Helm logs:\n\n${text}`;
}
