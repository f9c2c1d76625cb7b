import { isObject, type JsonObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { readAction, readCommand, slackUser, type ChatRequest } from "../chat/slack.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";

/** Where an answer goes: an address that came with the request, or a channel, below what was said. */
export type AnswerTo =
  | { readonly form: "address"; readonly url: string }
  | { readonly form: "channel"; readonly channel: string; readonly thread: string | undefined };

/** A message of socket mode. Source: Slack, "Using Socket Mode". */
export type SlackEnvelope =
  | { readonly form: "hello" }
  /** This connection ends soon, or at once: another one is to be opened. `isOff`: socket mode was turned off. */
  | { readonly form: "disconnect"; readonly isOff: boolean }
  /** Somebody wants something. `key` is the same when Slack sends it again. */
  | {
      readonly form: "request";
      readonly id: string;
      readonly key: string;
      readonly request: ChatRequest;
      readonly to: AnswerTo;
    }
  /** To be acknowledged, and of no interest otherwise. */
  | { readonly form: "other"; readonly id: string }
  /** Nothing that could be acknowledged. */
  | { readonly form: "unreadable"; readonly why: string };

const maxId = 200;

/** Reads a message. Pure. */
export function readEnvelope(text: string): SlackEnvelope {
  const message = parseObject(text);
  if (!message) return { form: "unreadable", why: "it is no JSON object" };
  const { type, envelope_id: id, payload, reason } = message;
  if (type === "hello") return { form: "hello" };
  if (type === "disconnect") return { form: "disconnect", isOff: reason === "link_disabled" };
  if (typeof id !== "string" || id === "" || id.length > maxId)
    return { form: "unreadable", why: `${JSON.stringify(String(type).slice(0, 60))} has no envelope_id` };
  try {
    return { id, ...requestOf(type, isObject(payload) ? payload : {}, id) };
  } catch (error) {
    // Nobody whom a vote could count for.
    if (error instanceof WebhookRefusal) return { form: "other", id };
    throw error;
  }
}

type Read = Omit<Extract<SlackEnvelope, { form: "request" }>, "id"> | { readonly form: "other" };

function requestOf(type: unknown, payload: JsonObject, id: string): Read {
  const key = textAt(payload, "event_id") ?? textAt(payload, "trigger_id") ?? id;
  if (type === "events_api") return readMention(payload["event"], key);
  const url = textAt(payload, "response_url");
  if (url === undefined) return { form: "other" };
  const to: AnswerTo = { form: "address", url };
  if (type === "slash_commands") return { form: "request", key, request: readCommand(payload), to };
  if (type === "interactive" && payload["type"] === "block_actions")
    return { form: "request", key, request: readAction(payload), to };
  return { form: "other" };
}

/** What a person said to us: by a mention in a channel, or directly. What programs say, and what was edited, is no command. */
function readMention(event: unknown, key: string): Read {
  const isDirect = textAt(event, "type") === "message" && textAt(event, "channel_type") === "im";
  const isMention = textAt(event, "type") === "app_mention";
  const isPerson = valueAt(event, "bot_id") === undefined && valueAt(event, "subtype") === undefined;
  const channel = textAt(event, "channel");
  if (!isPerson || channel === undefined || !(isDirect || isMention)) return { form: "other" };
  const request = { user: slackUser(valueAt(event, "user")), command: textAt(event, "text") ?? "" };
  const thread = textAt(event, "thread_ts") ?? (isMention ? textAt(event, "ts") : undefined);
  return { form: "request", key, request, to: { form: "channel", channel, thread } };
}

function textAt(value: unknown, key: string): string | undefined {
  const found = valueAt(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
