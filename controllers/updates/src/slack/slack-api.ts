import { delay, type Clock } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { expectSuccess, isHttpError, type HttpClient } from "@eddy/http";

/** Where Slack's API is, unless the Secret says otherwise: GovSlack has another. */
export const defaultSlackApi = "https://slack.com/api";

/** Slack said no, or nothing. `word` is Slack's own: `invalid_auth`. Never with a token in it. */
export class SlackError extends EddyError {
  override readonly name = "SlackError";
  readonly word: string;
  /** How long Slack asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(method: string, word: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super("SLACK", `call Slack's ${method}: ${word}`, { class: isFinal(word) ? "terminal" : "retry", ...options });
    this.word = word;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Words that no second try changes: the token, or the app, has to be mended. Source: Slack, `apps.connections.open`. */
const finalWords: ReadonlySet<string> = new Set([
  "access_denied",
  "account_inactive",
  "invalid_auth",
  "missing_scope",
  "no_permission",
  "not_allowed_token_type",
  "not_authed",
  "token_expired",
  "token_revoked",
]);

function isFinal(word: string): boolean {
  return finalWords.has(word);
}

/** A call of Slack's. */
export interface SlackCall {
  /** Without the slash at its end. */
  readonly api: string;
  readonly method: string;
  readonly token: string;
  readonly body?: JsonObject;
  readonly signal?: AbortSignal;
}

const maxAnswerBytes = 256 * 1024;
const timeoutMs = 20_000;

/**
 * Calls a method and resolves with its answer, which said `ok`.
 * @throws SlackError in Slack's own word; terminal where only a person can help
 */
export async function callSlack(
  { api, method, token, body = {}, signal }: SlackCall,
  http: HttpClient,
): Promise<JsonObject> {
  let text: string;
  try {
    const response = await http.request(new URL(`${api}/${method}`), {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      credentials: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      maxBytes: maxAnswerBytes,
      maxRedirects: 0,
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
    text = await (await expectSuccess(response, "ask")).text();
  } catch (error) {
    const retryAfterMs = isHttpError(error) ? error.retryAfterMs : undefined;
    throw new SlackError(method, messageOf(error), { retryAfterMs, cause: error });
  }
  const answer = parseAnswer(text);
  if (answer?.["ok"] === true) return answer;
  const word = answer?.["error"];
  throw new SlackError(method, typeof word === "string" ? word.slice(0, 100) : "the answer is none of Slack's");
}

const maxAttempts = 5;
const laterMs = 2_000;

/**
 * Says something by `chat.postMessage`; again where Slack wants it later, which it does where more than one message a second goes to a
 * channel. Five times in all.
 * @throws SlackError; the signal's reason
 */
export async function sayInSlack(
  { signal = new AbortController().signal, ...call }: Omit<SlackCall, "method">,
  { http, clock }: { http: HttpClient; clock: Clock },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await callSlack({ ...call, method: "chat.postMessage", signal }, http);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const isLater = error instanceof SlackError && (error.retryAfterMs !== undefined || error.word === "ratelimited");
      if (!isLater || attempt === maxAttempts) throw error;
      await delay(clock, error.retryAfterMs ?? laterMs * attempt, signal);
    }
  }
}

function parseAnswer(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether an address that Slack names is Slack's: the API's host, or one below its domain, by the same secrecy. What is sent there
 * are answers, and tickets of connections. Pure.
 */
export function isSlackAddress(address: string, api: string): boolean {
  if (!URL.canParse(address) || !URL.canParse(api)) return false;
  const [given, own] = [new URL(address), new URL(api)];
  const secrecy: Readonly<Record<string, string>> = {
    "https:": "https:",
    "wss:": "https:",
    "http:": "http:",
    "ws:": "http:",
  };
  return (
    secrecy[given.protocol] === own.protocol &&
    (given.hostname === own.hostname || given.hostname.endsWith(`.${own.hostname}`))
  );
}
