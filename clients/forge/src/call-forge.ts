import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { parseRetryAfter, type HttpClient, type HttpHeaders, type HttpRequest } from "@eddy/http";
import { dialects } from "./dialects.ts";
import { ForgeError, type ForgeErrorKind } from "./forge-error.ts";
import type { Forge } from "./parse-forge.ts";

const maxBytes = 8 * 1024 * 1024;
const maxWaitMs = 3_600_000;

/** With what a forge is asked. */
export interface ForgeAccess {
  readonly http: Pick<HttpClient, "request">;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** One request, and what it is for: `make a pull request`. */
export interface ForgeCall extends Pick<HttpRequest, "method"> {
  readonly doing: string;
  readonly body?: Readonly<Record<string, string>>;
}

/** An answer that is JSON. */
export interface ForgeAnswer {
  readonly value: unknown;
  readonly headers: HttpHeaders;
}

/** Asks a forge. @throws ForgeError; the signal's reason */
export async function callForge(
  { kind, api }: Forge,
  path: string,
  { doing, method = "GET", body }: ForgeCall,
  { http, token, signal }: ForgeAccess,
): Promise<ForgeAnswer> {
  const dialect = dialects[kind];
  const headers = { accept: "application/json", "content-type": "application/json", ...dialect.headers };
  const sent = {
    method,
    headers,
    credentials: dialect.credentials(token),
    maxBytes,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
  let answer: { status: number; text: string; headers: HttpHeaders };
  try {
    const response = await http.request(`${api}${path}`, sent);
    answer = { status: response.status, text: await response.text(), headers: response.headers };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ForgeError("unreachable", `${doing}: ${messageOf(cause)}`, { cause });
  }
  const value = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300 && value !== undefined) return { value, headers: answer.headers };
  throw refusal(doing, answer, value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusal(
  doing: string,
  { status, headers }: { status: number; headers: HttpHeaders },
  value: unknown,
): ForgeError {
  const detail = reasonOf(value);
  const kind = kindOf(status, headers);
  const hint = kind === "notFound" ? ", the repository is not there, or the token may not see it" : "";
  const text = `${doing}: the forge answers with ${status}${detail === "" ? "" : `: ${detail}`}${hint}`;
  return new ForgeError(kind, text, { status, retryAfterMs: waitOf(headers) });
}

function kindOf(status: number, headers: HttpHeaders): ForgeErrorKind {
  // GitHub says 403 for both, and tells them apart by these.
  const isUsedUp = headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined;
  if (status === 429 || (status === 403 && isUsedUp)) return "limited";
  if (status === 401 || status === 403) return "authentication";
  if (status === 404) return "notFound";
  return status >= 500 ? "unreachable" : "refused";
}

/** Source: GitHub's and GitLab's rate limits: seconds since the epoch at which requests are counted anew. */
function waitOf(headers: HttpHeaders): number | undefined {
  const nowMs = systemClock.now();
  const asked = parseRetryAfter(headers["retry-after"], nowMs);
  if (asked !== undefined) return asked;
  const resetMs = Number(headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"]) * 1000;
  const isUsedUp = (headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"]) === "0";
  return isUsedUp && Number.isFinite(resetMs) ? Math.min(Math.max(0, resetMs - nowMs), maxWaitMs) : undefined;
}

/** `message` and `errors`, as far as they are texts: GitHub, GitLab and Gitea have one or the other. */
function reasonOf(value: unknown): string {
  if (!isObject(value)) return "";
  const { message, error, errors } = value;
  const parts = [
    message,
    error,
    ...(Array.isArray(errors) ? errors.map((one) => (isObject(one) ? one["message"] : one)) : []),
  ];
  const texts = parts
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .filter((part) => typeof part === "string");
  return texts.join("; ").slice(0, 300);
}
