import { isObject, type JsonObject } from "@eddy/core/json";
import { formats } from "./formats.ts";
import { proveCall, type ReceivedCall } from "./prove.ts";
import { WebhookRefusal, type PushHint } from "./push-hint.ts";

/**
 * What a call says is new. With a token the call has to prove itself before its body is looked at; without one anybody may call, as
 * with Keel, and all that a call does is to have a registry asked.
 * @throws WebhookRefusal; undefined for a format that there is not
 */
export function receivePush(format: string, call: ReceivedCall, token: string | undefined): PushHint[] | undefined {
  const read = formats.get(format);
  if (!read) return undefined;
  if (token) proveCall(call, token, format);
  return read(parseBody(call.body), call.headers);
}

/** A body that is a JSON object in valid UTF-8. @throws WebhookRefusal */
export function parseBody(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (isObject(value)) return value;
  } catch {
    // Told below: what a parser says of somebody else's text is nobody's business.
  }
  throw new WebhookRefusal("the body is no JSON object");
}
