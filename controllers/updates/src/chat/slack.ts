import { createHmac } from "node:crypto";
import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { equalsSecretly, headerOf, type ReceivedCall } from "../webhook/prove.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import type { ChatUser } from "./run-command.ts";

/** What somebody wants in a chat. */
export interface ChatRequest {
  readonly user: ChatUser;
  readonly command: string;
  /** Of Slack's buttons: nobody sees what their call is answered with. */
  readonly answerTo?: string;
}

const maxSkewMs = 300_000;

/**
 * A slash command or a button of Slack's.
 * @throws WebhookRefusal 401 for a wrong signature, and for one that is older than five minutes; 400. Source: Slack, "Verifying requests".
 */
export function readSlack(call: ReceivedCall, secret: string, nowMs: number): ChatRequest {
  const timestamp = headerOf(call.headers, "x-slack-request-timestamp");
  const isFresh = /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs - Number(timestamp) * 1_000) <= maxSkewMs;
  if (!isFresh) throw new WebhookRefusal("the request is too old", 401);
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(call.body).digest("hex");
  if (!equalsSecretly(headerOf(call.headers, "x-slack-signature"), `v0=${expected}`))
    throw new WebhookRefusal("the signature is wrong", 401);
  const form = new URLSearchParams(call.body.toString("utf8"));
  const payload = form.get("payload");
  return payload === null ? readCommand(Object.fromEntries(form)) : readAction(parsePayload(payload));
}

/** Who said what by a slash command, as Slack's form and socket mode have it. @throws WebhookRefusal 400 without a user */
export function readCommand(payload: unknown): ChatRequest {
  return { user: slackUser(valueAt(payload, "user_id")), command: textOf(valueAt(payload, "text")) };
}

/** Whose button, what it says, and where the answer goes. @throws WebhookRefusal 400 without a user */
export function readAction(payload: unknown): ChatRequest {
  const answerTo = textOf(valueAt(payload, "response_url"));
  return {
    user: slackUser(valueAt(payload, "user", "id")),
    command: textOf(valueAt(payload, "actions", 0, "value")),
    ...(answerTo === "" ? {} : { answerTo }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsePayload(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new WebhookRefusal("the payload is no JSON object");
}

/** A user of Slack's as RBAC knows them: `slack:<user id>`. @throws WebhookRefusal 400 for an id that is none */
export function slackUser(id: unknown): ChatUser {
  if (typeof id === "string" && /^[A-Z0-9]{1,40}$/.test(id)) return { name: `slack:${id}`, via: "slack" };
  throw new WebhookRefusal("the user is missing");
}
