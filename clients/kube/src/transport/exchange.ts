import type { IncomingMessage } from "node:http";
import { delay, type Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { Fence } from "../connect-options.ts";
import { isStaleConnection } from "./connection-error.ts";
import type { RateLimit } from "./rate-limit.ts";
import { readBody } from "./read-body.ts";
import type { Transport, TransportRequest, TransportResponse } from "./transport.ts";

/** What bounds the repetition of a request. */
export interface RetryLimits {
  maxRetries: number;
  maxRetryAfterMs: number;
}

/** Sends requests, repeating those that the server asks to repeat. */
export interface Exchange {
  send(request: TransportRequest, options?: { repeatable?: boolean }): Promise<TransportResponse>;
  /** As `send`, but a success is given as a stream; any other answer as text. */
  open(request: TransportRequest): Promise<IncomingMessage | TransportResponse>;
}

/** What paces an exchange and hears of its repeats. */
export interface ExchangeOptions extends RetryLimits {
  limit: RateLimit | undefined;
  fence: Fence | undefined;
  clock: Clock;
  log: Logger;
}

/**
 * How long to wait before the request is sent again, or undefined when the answer stands: 429 waits as told, or a second;
 * other errors of the server only when they carry Retry-After, as in client-go.
 */
export function determineRetry(
  answer: { status: number; retryAfter: string | undefined; attempt: number },
  limits: RetryLimits,
): number | undefined {
  if (answer.attempt >= limits.maxRetries) return undefined;
  if (answer.status !== 429 && (answer.status < 500 || answer.retryAfter === undefined)) return undefined;
  const seconds = answer.retryAfter === undefined ? 1 : Number(answer.retryAfter);
  const waitMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : 1_000;
  return waitMs > limits.maxRetryAfterMs ? undefined : waitMs;
}

/** An exchange over a transport. */
export function createExchange(transport: Transport, options: ExchangeOptions): Exchange {
  const { clock, limit, log, fence } = options;

  const pause = async (
    request: TransportRequest,
    status: number,
    retryAfter: string | undefined,
    attempt: number,
  ): Promise<boolean> => {
    const waitMs = determineRetry({ status, retryAfter, attempt }, options);
    if (waitMs === undefined) return false;
    log.log("debug", "repeat the request as the server asks", {
      method: request.method,
      path: request.path,
      status,
      waitMs,
    });
    await delay(clock, waitMs, request.signal);
    return true;
  };

  return {
    async send(request, { repeatable = request.method === "GET" } = {}) {
      for (let attempt = 0; ; attempt++) {
        const admission = limit?.admit(request.signal);
        if (admission) await admission;
        if (request.method !== "GET") fence?.();
        let response: TransportResponse;
        try {
          response = await transport.send(request);
        } catch (error) {
          if (!repeatable || attempt > 0 || !isStaleConnection(error)) throw error;
          response = await transport.send({ ...request, connection: "fresh" });
        }
        if (response.status < 400 || !(await pause(request, response.status, response.headers["retry-after"], attempt)))
          return response;
      }
    },
    async open(request) {
      for (let attempt = 0; ; attempt++) {
        const admission = limit?.admit(request.signal);
        if (admission) await admission;
        const response = await transport.open(request);
        const status = response.statusCode ?? 0;
        if (status < 400) return response;
        const body = await readBody(response);
        if (!(await pause(request, status, response.headers["retry-after"], attempt)))
          return { status, headers: response.headers, body };
      }
    },
  };
}
