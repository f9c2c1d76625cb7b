import { valueAt } from "@eddy/core/object";
import { equalsSecretly, headerOf, type ReceivedCall } from "../webhook/prove.ts";
import { parseBody } from "../webhook/receive-push.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import type { ChatRequest } from "./slack.ts";

/**
 * A slash command, an outgoing webhook or a button of Mattermost's. A command's token is in its form; a button's is in the context
 * that we gave it.
 * @throws WebhookRefusal 401 for a wrong token; 400
 */
export function readMattermost(call: ReceivedCall, token: string): ChatRequest {
  const isJson = headerOf(call.headers, "content-type").startsWith("application/json");
  const form = isJson ? undefined : new URLSearchParams(call.body.toString("utf8"));
  const body = isJson ? parseBody(call.body) : {};
  const text = (...path: string[]): string => {
    const value = form ? form.get(path.at(-1) ?? "") : valueAt(body, ...path);
    return typeof value === "string" ? value : "";
  };
  const given = form ? text("token") : text("context", "token") || text("token");
  if (!equalsSecretly(given, token)) throw new WebhookRefusal("the token is wrong", 401);
  const name = text("user_name");
  if (!/^[a-z0-9._-]{1,64}$/.test(name)) throw new WebhookRefusal("the user is missing");
  return {
    user: { name: `mattermost:${name}`, via: "mattermost" },
    command: isJson && text("context", "command") !== "" ? text("context", "command") : text("text"),
  };
}
