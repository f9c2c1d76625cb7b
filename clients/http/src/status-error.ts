import { systemClock } from "@eddy/core/clock";
import { HttpError, type HttpErrorKind } from "./errors.ts";
import type { HttpResponse } from "./http-client.ts";

const maxReason = 256;
const maxWaitMs = 3_600_000;

/** What an unsuccessful status means. */
export function kindOfStatus(status: number): HttpErrorKind {
  if (status === 401 || status === 403 || status === 407) return "authentication";
  if (status === 404 || status === 410) return "notFound";
  return status >= 500 || status === 408 || status === 429 ? "unavailable" : "refused";
}

/**
 * The answer as an error: `<doing>: <status> <text>`, with the first line of a plain-text body, where forges and stores explain
 * themselves. Takes the body.
 */
export async function statusError(
  response: HttpResponse,
  doing: string,
  nowMs: number = systemClock.now(),
): Promise<HttpError> {
  const reason = await plainReason(response);
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], nowMs);
  const words = `${response.status} ${response.statusText}`.trim();
  return new HttpError(kindOfStatus(response.status), `${words}${reason === "" ? "" : `: ${reason}`}`, {
    doing,
    status: response.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The response, when its status is one of 200–299. @throws what {@link statusError} makes of another */
export async function expectSuccess(response: HttpResponse, doing: string): Promise<HttpResponse> {
  if (response.status >= 200 && response.status < 300) return response;
  throw await statusError(response, doing);
}

/** The first line of a plain-text answer, printable ASCII, 256 characters at most; "" for other types. Takes the body. */
export async function plainReason(response: HttpResponse): Promise<string> {
  if (!(response.headers["content-type"] ?? "").startsWith("text/plain")) {
    response.discard();
    return "";
  }
  let text = "";
  try {
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString("utf8");
      if (text.length > maxReason) break;
    }
  } catch {
    // The status alone says enough.
  }
  return (text.trim().split("\n", 1)[0] ?? "").slice(0, maxReason).replace(/[^\x20-\x7e]/g, "?");
}

/** Seconds or a date as milliseconds from now, an hour at most; undefined for anything else. Source: RFC 9110 10.2.3. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const waitMs = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), maxWaitMs) : undefined;
}
