import { delay } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { isHttpError, parseRetryAfter, type HttpHeaders, type HttpResponse } from "@eddy/http";
import { encodeJson } from "../event/encode-event.ts";
import type { FluxEvent } from "../event/flux-event.ts";
import type { ProviderDefinition, SendPorts } from "./provider-type.ts";
import type { ProviderSettings } from "./settings.ts";

/** One request that tells a service of an event. */
export interface Message {
  url: string;
  /** Default `POST`. */
  method?: "POST" | "PUT";
  headers?: HttpHeaders;
  /** Sent to the origin of the URL only. */
  credentials?: HttpHeaders;
  /** JSON unless the headers say otherwise. */
  body: unknown;
  /** Looks at an answer of 2xx. @throws when it is no success all the same */
  check?: (body: string) => void;
}

/** A provider whose messages depend on the event and the settings alone. */
export function messageProvider(
  compose: (event: FluxEvent, settings: ProviderSettings) => readonly Message[] | Message,
): ProviderDefinition {
  return {
    async send(event, settings, ports) {
      const messages = compose(event, settings);
      for (const message of Array.isArray(messages) ? (messages as readonly Message[]) : [messages as Message]) {
        await postMessage(message, ports);
      }
    },
  };
}

const maxAttempts = 5;
const minDelayMs = 2_000;
const maxDelayMs = 30_000;
const maxAnswerBytes = 64 * 1024;

/**
 * Posts a message, again when the service cannot be reached, is overloaded or fails: four times, after 2 to 30 seconds. The
 * provider's timeout ends it. Source: flux2.md 3.8 "HTTP sender".
 * @throws EddyError NOTIFICATION_REFUSED (retry) with the status and the answer, HttpError
 */
export async function postMessage(message: Message, ports: SendPorts): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptPost(message, ports);
    if (outcome === undefined) return;
    if (attempt === maxAttempts || !outcome.isTransient) throw outcome.error;
    const backoffMs = Math.min(maxDelayMs, minDelayMs * 2 ** (attempt - 1));
    await delay(ports.clock, outcome.retryAfterMs ?? backoffMs, ports.signal);
  }
}

interface Failure {
  error: unknown;
  isTransient: boolean;
  retryAfterMs?: number | undefined;
}

async function attemptPost(message: Message, { http, clock, signal }: SendPorts): Promise<Failure | undefined> {
  const { url, method = "POST", headers = {}, credentials = {}, body, check } = message;
  const isText = typeof body === "string";
  try {
    const response = await http.request(url, {
      method,
      headers: { ...(isText ? {} : { "content-type": "application/json" }), ...headers },
      credentials,
      body: isText ? body : encodeJson(body),
      maxBytes: maxAnswerBytes,
      signal,
    });
    const text = await response.text();
    if (response.status >= 200 && response.status < 300) {
      check?.(text);
      return undefined;
    }
    return refusal(response, text, clock.now());
  } catch (error) {
    if (signal.aborted) throw error;
    const isTransient = isHttpError(error) && (error.kind === "unreachable" || error.kind === "timeout");
    return { error, isTransient };
  }
}

function refusal({ status, headers }: HttpResponse, text: string, nowMs: number): Failure {
  const answer = text.trim() === "" ? "" : `: ${text.trim().slice(0, 1_000)}`;
  return {
    error: new EddyError(
      "NOTIFICATION_REFUSED",
      `postMessage failed: request failed with status code ${status}${answer}`,
    ),
    isTransient: status === 429 || (status >= 500 && status !== 501),
    retryAfterMs: parseRetryAfter(headers["retry-after"], nowMs),
  };
}

/** Credentials as most services take them: a token, else user and password. */
export function bearerOrBasic({ token, username, password }: ProviderSettings): HttpHeaders {
  if (token !== "") return { authorization: `Bearer ${token}` };
  if (username === "" || password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** A hook's address. @throws EddyError PROVIDER_SETTINGS (terminal) in upstream's words */
export function requireAddress({ address }: ProviderSettings, service: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return address;
  throw new EddyError(
    "PROVIDER_SETTINGS",
    `invalid ${service} hook URL ${address === "" ? "''" : "in spec.address or the Secret"}`,
    {
      class: "terminal",
    },
  );
}
