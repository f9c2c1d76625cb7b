import type { IncomingMessage } from "node:http";
import type { Agents } from "./agents.ts";
import { connectionError } from "./connection-error.ts";
import type { Deadline } from "./deadline.ts";

/** One request as it goes on the wire. */
export interface Exchange {
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | string | undefined;
  idempotent: boolean;
}

const maxAttempts = 4;

/** The head of the answer. Sends again what a closed kept connection never took, where that does no harm. */
export async function exchange(
  agents: Agents,
  url: URL,
  request: Exchange,
  signal: Deadline["signal"],
): Promise<IncomingMessage> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchangeOnce(agents, url, request, signal);
    } catch (error) {
      const isStale = error instanceof StaleConnection;
      if (isStale && request.idempotent && attempt < maxAttempts) continue;
      throw isStale ? connectionError(error.cause, url.origin) : error;
    }
  }
}

class StaleConnection extends Error {}

function exchangeOnce(agents: Agents, url: URL, request: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const outgoing = agents.start(url, request);
    const abort = (): void => void outgoing.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    outgoing.once("close", () => signal.removeEventListener("abort", abort));
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"))
        reject(new StaleConnection("", { cause: error }));
      else reject(connectionError(error, url.origin));
    });
    outgoing.once("response", resolve);
    outgoing.end(request.body);
  });
}
