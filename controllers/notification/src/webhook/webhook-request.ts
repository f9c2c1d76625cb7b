import type { IncomingHttpHeaders } from "node:http";
import type { Receiver } from "@eddy/api";

/** A call of a webhook, its body read and bounded. */
export interface WebhookRequest {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What is known of a call that is what it says it is. */
export interface VerifiedRequest {
  /** The body as filters see it; `{}` where it is no JSON. */
  payload: unknown;
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
}

/** A header's first value. */
export function headerOf({ headers }: WebhookRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** The body as JSON where the sender says that it is. @throws WebhookRefusal when it is not */
export function payloadOf(request: WebhookRequest): unknown {
  return /^application\/(?:[\w.+-]*\+)?json\b/i.test(headerOf(request, "content-type")) ? parseBody(request.body) : {};
}

/** A JSON body. @throws WebhookRefusal */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new WebhookRefusal("the body is no JSON");
  }
}

/** @throws WebhookRefusal when the receiver wants other events */
export function checkEvent(receiver: Receiver, event: string, sender: string): void {
  const { events = [] } = receiver.spec;
  if (events.length === 0 || events.some((allowed) => allowed.toLowerCase() === event.toLowerCase())) return;
  throw new WebhookRefusal(`the ${sender} event ${JSON.stringify(event)} is not authorised`);
}
