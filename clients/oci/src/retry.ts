import { delay, type Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import type { OciLimits } from "./client.ts";
import { isRegistryError } from "./registry-error.ts";

/** Statuses that may pass by themselves. Source: go-containerregistry `defaultRetryStatusCodes`. */
const temporary = [408, 429, 499, 500, 502, 503, 504, 522];
const broken: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** Runs the action again where its failure may pass by itself; waits as long as the server asked, or longer each time. */
export async function withRetries<T>(
  action: () => Promise<T>,
  { clock, limits, signal }: { clock: Clock; limits: OciLimits; signal?: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const waitMs = attempt < limits.attempts ? retryDelay(error, attempt, limits) : undefined;
      if (waitMs === undefined || signal?.aborted) throw error;
      await delay(clock, waitMs, signal);
    }
  }
}

/** How long to wait before the next attempt; undefined: there is no use in one. */
export function retryDelay(error: unknown, attempt: number, limits: OciLimits): number | undefined {
  const waitMs = limits.retryDelayMs * 3 ** (attempt - 1);
  if (isRegistryError(error)) {
    if (!temporary.includes(error.status)) return undefined;
    const asked = error.retryAfterMs ?? waitMs;
    // Whoever asks for more than that is asked again by the next pass.
    return asked > limits.maxRetryDelayMs ? undefined : asked;
  }
  const cause = error instanceof EddyError && error.code === "OCI_CONNECT" ? error.cause : undefined;
  const reason = cause instanceof Error ? (cause.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
  return reason !== undefined && broken.has(reason) ? waitMs : undefined;
}
