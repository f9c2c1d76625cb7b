import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { isHttpError, openWebSocket, type HttpClient, type WebSocketConnection } from "@eddy/http";
import type { SeenCalls } from "../endpoint/seen-calls.ts";
import { callSlack, isSlackAddress, SlackError } from "./slack-api.ts";
import { readEnvelope, type SlackEnvelope } from "./envelope.ts";
import type { SlackTokens } from "./slack-tokens.ts";

/** What somebody wants, and where the answer goes. */
export type SlackRequest = Extract<SlackEnvelope, { form: "request" }>;

/** What a connection needs. */
export interface SessionPorts {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly logger: Logger;
  readonly seen: SeenCalls;
  readonly signal: AbortSignal;
  /** Begins what is asked for; false where there is too much to do: Slack asks again then. */
  begin(request: SlackRequest): boolean;
}

/** How a connection ended. */
export type SessionEnd =
  /** Slack wants another one in its place; it stood. */
  | { readonly form: "replaced" }
  | {
      readonly form: "lost";
      readonly why: string;
      /** Whether it stood before. */
      readonly wasUp: boolean;
      /** Only a person can help. */
      readonly isFinal: boolean;
      readonly retryAfterMs: number | undefined;
    };

const maxBytes = 512 * 1024;
/** Slack ends a connection within seconds of saying that it will. */
const farewellMs = 20_000;

/**
 * Opens a connection and answers what comes on it; resolves when another one is wanted. One that Slack wants replaced is heard on until
 * Slack ends it: what it still says is not lost.
 */
export async function runSession(tokens: SlackTokens, ports: SessionPorts): Promise<SessionEnd> {
  const end = Promise.withResolvers<SessionEnd>();
  let wasUp = false;
  try {
    const connection = await connect(tokens, ports);
    const replace = (next: SessionEnd): void => {
      end.resolve(next);
      ports.clock.after(farewellMs, () => connection.close());
    };
    listen(connection, ports, () => (wasUp = true), replace).then(
      () => end.resolve(lost("Slack ended the connection", wasUp)),
      (error: unknown) => end.resolve(lostBy(error, wasUp)),
    );
  } catch (error) {
    return lostBy(error, wasUp);
  }
  return end.promise;
}

async function connect(
  { api, appToken }: SlackTokens,
  { http, clock, signal }: SessionPorts,
): Promise<WebSocketConnection> {
  const method = "apps.connections.open";
  const { url } = await callSlack({ api, method, token: appToken, signal }, http);
  if (typeof url !== "string" || !isSlackAddress(url, api) || !/^wss?:/.test(url))
    throw new SlackError(method, "the address is none of Slack's");
  const connection = await openWebSocket(new URL(url), { maxBytes, signal, clock });
  signal.addEventListener("abort", () => connection.close(), { once: true });
  if (signal.aborted) connection.close();
  return connection;
}

async function listen(
  { messages, send }: WebSocketConnection,
  ports: SessionPorts,
  onHello: () => void,
  onReplaced: (end: SessionEnd) => void,
): Promise<void> {
  for await (const text of messages) {
    const envelope = readEnvelope(text);
    if (envelope.form === "hello") {
      ports.logger.log("info", "listening to Slack");
      onHello();
    } else if (envelope.form === "unreadable")
      ports.logger.log("info", "a message of Slack's is left out", { why: envelope.why });
    else if (envelope.form === "disconnect")
      onReplaced(envelope.isOff ? lost("socket mode was turned off", true, { isFinal: true }) : { form: "replaced" });
    else if (isTaken(envelope, ports)) send(JSON.stringify({ envelope_id: envelope.id }));
  }
}

/** Whether it is to be acknowledged; what came before is not done again. */
function isTaken(envelope: Extract<SlackEnvelope, { id: string }>, { seen, begin }: SessionPorts): boolean {
  if (envelope.form === "other" || seen.has(envelope.key)) return true;
  if (!begin(envelope)) return false;
  seen.isNew(envelope.key);
  return true;
}

function lostBy(error: unknown, wasUp: boolean): SessionEnd {
  const isFinal = error instanceof SlackError && error.class === "terminal";
  const retryAfterMs = error instanceof SlackError || isHttpError(error) ? error.retryAfterMs : undefined;
  return lost(messageOf(error), wasUp, { isFinal, retryAfterMs });
}

function lost(
  why: string,
  wasUp: boolean,
  { isFinal = false, retryAfterMs }: { isFinal?: boolean; retryAfterMs?: number | undefined } = {},
): SessionEnd {
  return { form: "lost", why, wasUp, isFinal, retryAfterMs };
}
