import type { IncomingHttpHeaders } from "node:http";
import type { Receiver } from "@eddy/api";
import { isObject, type JsonObject } from "@eddy/core/json";

/** A call of a webhook, its body read and bounded. */
export interface WebhookRequest {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What is known of a call that is what it says it is. */
export interface VerifiedRequest {
  /** The body as filters see it; `{}` where the sender does not say that it is JSON. Read only where there are filters. @throws */
  payload: () => unknown;
  /** Of an OIDC token. */
  claims?: Record<string, unknown>;
}

/** Proves that a call comes from who may call. @throws WebhookRefusal */
export type Verify = (request: WebhookRequest, receiver: Receiver, context: VerifyContext) => Promise<VerifiedRequest>;

/** What proving needs. */
export interface VerifyContext {
  /** The data of the receiver's Secret; its `token` is there. */
  secret: Readonly<Record<string, string>>;
  /** The claims of a JWT of this issuer for this audience. @throws WebhookRefusal */
  verifyToken(token: string, issuer: string, audience: string): Promise<Record<string, unknown>>;
}

/** Why a call is not taken; the caller learns only that it is not. */
export class WebhookRefusal extends Error {
  override readonly name: string = "WebhookRefusal";

  // Thousands a second may come, and where in our code one was found out is of no interest: a tenth of what it costs to refuse it.
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A header's first value. */
export function headerOf({ headers }: WebhookRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** `body` as JSON where the sender says that the request is, when a filter asks; `{}` else. Source: `isJSONContent` upstream. */
export function payloadOf(request: WebhookRequest, body: Buffer = request.body): () => unknown {
  const types = headerOf(request, "content-type").split(",");
  const isJson = types.some((type) => type.split(";")[0]?.trim().toLowerCase() === "application/json");
  return () => (isJson ? parseObject(body) : {});
}

/** A body that is a JSON object. @throws WebhookRefusal */
export function parseObject(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new WebhookRefusal("the body is no JSON");
  }
  if (isObject(value)) return value;
  throw new WebhookRefusal("the body is no JSON object");
}

/** @throws WebhookRefusal when the receiver wants other events */
export function checkEvent(receiver: Receiver, event: string, sender: string): void {
  const { events = [] } = receiver.spec;
  if (events.length === 0 || events.some((allowed) => allowed.toLowerCase() === event.toLowerCase())) return;
  throw new WebhookRefusal(`the ${sender} event ${JSON.stringify(event)} is not authorised`);
}
