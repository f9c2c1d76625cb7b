import { createHmac } from "node:crypto";
import { valueAt } from "@eddy/core/object";
import { equalsSecretly, headerOf, type ReceivedCall } from "../webhook/prove.ts";
import { parseBody } from "../webhook/receive-push.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import type { ChatRequest } from "./slack.ts";

const maxSkewMs = 300_000;

/**
 * A message to an outgoing webhook of Microsoft Teams', which mentions it first.
 * @throws WebhookRefusal 401 for a wrong signature, and for a message that is older than five minutes; 400. Source: Microsoft Teams, "Create an Outgoing Webhook".
 */
export function readTeams(call: ReceivedCall, secret: string, nowMs: number): ChatRequest {
  const expected = createHmac("sha256", Buffer.from(secret, "base64")).update(call.body).digest("base64");
  if (!equalsSecretly(headerOf(call.headers, "authorization"), `HMAC ${expected}`))
    throw new WebhookRefusal("the signature is wrong", 401);
  const body = parseBody(call.body);
  const sentMs = Date.parse(String(valueAt(body, "timestamp")));
  if (!(Math.abs(nowMs - sentMs) <= maxSkewMs)) throw new WebhookRefusal("the message is too old", 401);
  const [id, text] = [valueAt(body, "from", "aadObjectId"), valueAt(body, "text")];
  if (typeof id !== "string" || !/^[0-9a-fA-F-]{1,64}$/.test(id)) throw new WebhookRefusal("the user is missing");
  const said = typeof text === "string" ? text : "";
  // What is mentioned is between tags, and spaces are entities.
  const command = said.replace(/<at>[^<]{0,200}<\/at>/g, " ").replaceAll("&nbsp;", " ");
  return { user: { name: `teams:${id.toLowerCase()}`, via: "teams" }, command };
}
