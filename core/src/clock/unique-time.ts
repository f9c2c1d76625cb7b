let lastMs = Number.NaN;
let sequence = 0;

/**
 * RFC 3339 with a fraction: the milliseconds, and behind them how many were asked for in the same one, so that the value differs
 * from the one before it in this process. For values that ask for something by being another one.
 */
export function uniqueTime(nowMs: number): string {
  sequence = nowMs === lastMs ? sequence + 1 : 0;
  lastMs = nowMs;
  const text = new Date(nowMs).toISOString();
  return sequence === 0 ? text : text.replace("Z", `${String(sequence).padStart(6, "0")}Z`);
}
