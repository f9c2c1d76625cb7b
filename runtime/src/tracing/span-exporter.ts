import type { Cancel, Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { createHttpClient } from "@eddy/http";
import { encodeSpans, type Span } from "./encode-spans.ts";
import type { TracingSettings } from "./tracing-settings.ts";

/** Sends spans in batches. */
export interface SpanExporter {
  /** Never blocks and never fails: beyond the queue's bound spans are dropped, and counted. */
  add(span: Span): void;
  /** Sends what waits. Never rejects. */
  flush(): Promise<void>;
  /** Sends what waits, and nothing more. */
  stop(): Promise<void>;
}

/** Options of {@link createSpanExporter}. */
export interface SpanExporterOptions {
  /** For its proxy. Default: the process's. */
  env?: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  logger: Logger;
  settings: TracingSettings;
}

const maxAnswerBytes = 64 * 1024;
const complainEveryMs = 60_000;

/** An exporter; a batch that a collector refuses is dropped, and that is logged once a minute. */
export function createSpanExporter({ clock, logger, settings, env }: SpanExporterOptions): SpanExporter {
  const http = createHttpClient({ clock, ...(env ? { env } : {}) });
  const { url, headers, timeoutMs, resource, maxQueued, maxBatch, delayMs } = settings;
  const queue: Span[] = [];
  let cancel: Cancel | undefined;
  let sending: Promise<void> = Promise.resolve();
  let dropped = 0;
  let complainedAtMs = Number.NEGATIVE_INFINITY;

  const complain = (error: string): void => {
    if (clock.now() - complainedAtMs < complainEveryMs) return;
    complainedAtMs = clock.now();
    logger.log("error", "send traces failed", { error, dropped });
  };
  const send = async (spans: readonly Span[]): Promise<void> => {
    try {
      const response = await http.request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        credentials: headers,
        body: JSON.stringify(encodeSpans({ resource, scope: "eddy", spans })),
        maxBytes: maxAnswerBytes,
        timeoutMs,
      });
      await response.text();
      if (response.status >= 200 && response.status < 300) return;
      dropped += spans.length;
      complain(`status ${response.status}`);
    } catch (error) {
      dropped += spans.length;
      complain(messageOf(error));
    }
  };
  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    sending = sending.then(async () => {
      while (queue.length > 0) await send(queue.splice(0, maxBatch));
    });
    return sending;
  };
  return {
    add(span) {
      if (queue.length >= maxQueued) {
        dropped++;
        return;
      }
      queue.push(span);
      if (queue.length >= maxBatch) void flush();
      else cancel ??= clock.after(delayMs, () => void flush());
    },
    flush,
    async stop() {
      await flush();
      http.close();
    },
  };
}
