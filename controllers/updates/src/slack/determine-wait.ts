import type { SessionEnd } from "./session.ts";

/** How connections went so far. */
export interface ConnectionHistory {
  /** Connections that failed, or did not last, one after the other. */
  readonly failures: number;
}

/** When another connection is opened, and what is to be remembered. */
export interface NextConnection extends ConnectionHistory {
  readonly waitMs: number;
}

const [firstMs, longestMs, finalMs] = [1_000, 60_000, 600_000];
/** One that does not last so long failed, however it ended: a service that sends everybody away is not stormed. */
export const lastingMs = 10_000;

/**
 * At once where Slack wants a lasting connection replaced; else longer each time, with chance in it, and never before Slack says. Where
 * only a person can help every ten minutes. Pure.
 */
export function determineWait(
  end: SessionEnd,
  lastedMs: number,
  { failures }: ConnectionHistory,
  random: () => number,
): NextConnection {
  const hasLasted = lastedMs >= lastingMs && (end.form === "replaced" || end.wasUp);
  if (end.form === "replaced" && hasLasted) return { failures: 0, waitMs: 0 };
  const count = hasLasted ? 1 : failures + 1;
  if (end.form === "lost" && end.isFinal) return { failures: count, waitMs: finalMs };
  const backOffMs = Math.min(firstMs * 2 ** Math.min(count - 1, 10), longestMs);
  const asked = end.form === "lost" ? (end.retryAfterMs ?? 0) : 0;
  return { failures: count, waitMs: Math.max(asked, backOffMs * (0.5 + random() / 2)) };
}
