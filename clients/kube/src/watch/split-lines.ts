/**
 * Cuts a byte stream at newlines. Bytes are only copied when a line crosses chunks, and text is decoded a line at a time,
 * so a character that crosses chunks stays whole.
 */
export interface LineSplitter {
  /** The lines that this chunk completed, without their newline; empty ones are dropped. */
  push(chunk: Buffer): string[];
  /** Bytes of an unfinished line. */
  readonly pendingBytes: number;
}

/** A splitter that throws RangeError for a line of more than `maxBytes`. */
export function splitLines(maxBytes: number): LineSplitter {
  let parts: Buffer[] = [];
  let pendingBytes = 0;
  return {
    get pendingBytes() {
      return pendingBytes;
    },
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        if (pendingBytes === 0) {
          if (end > start) lines.push(chunk.toString("utf8", start, end));
        } else {
          parts.push(chunk.subarray(start, end));
          lines.push(Buffer.concat(parts).toString("utf8"));
          parts = [];
          pendingBytes = 0;
        }
        start = end + 1;
      }
      if (start < chunk.length) {
        parts.push(start === 0 ? chunk : chunk.subarray(start));
        pendingBytes += chunk.length - start;
        if (pendingBytes > maxBytes) throw new RangeError(`a line of more than ${maxBytes} bytes`);
      }
      return lines;
    },
  };
}
