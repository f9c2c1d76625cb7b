/** The last lines of a log, and those that come. */
export interface LogBuffer {
  add(line: string): void;
  /** The last lines, oldest first; at most `tail` of them. */
  recent(tail?: number): string[];
  /** Calls for each line that comes; returns what ends it. */
  subscribe(listener: (line: string) => void): () => void;
}

/** A buffer of the last `maxLines` lines. Lines are kept as they were written, without their line feed. */
export function createLogBuffer(maxLines: number = 5_000): LogBuffer {
  let lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  return {
    add(line) {
      const text = line.endsWith("\n") ? line.slice(0, -1) : line;
      lines.push(text);
      // Dropping one line at a time would move the whole list for each.
      if (lines.length > maxLines * 2) lines = lines.slice(-maxLines);
      for (const listener of listeners) listener(text);
    },
    recent: (tail = maxLines) => (tail <= 0 ? [] : lines.slice(-Math.min(tail, maxLines))),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
