import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { type FluxEvent, objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** Slack, by a webhook or by its API with a bot's token. */
export const slack: ProviderDefinition = messageProvider((event, settings) => {
  const url = requireAddress(settings, "Slack");
  const title = objectTitle(event);
  return {
    url,
    credentials: settings.token === "" ? {} : { authorization: `Bearer ${settings.token}` },
    body: slackPayload(event, {
      channel: settings.channel,
      username: settings.username || event.reportingController,
      fallback: `${title}: ${event.message.split("\n")[0]}`,
      colors: ["good", "danger"],
    }),
    // The API says 200 to everything; a webhook says what it means.
    ...(url.endsWith("/api/chat.postMessage") ? { check: checkApiAnswer } : {}),
  };
});

/** What the services that speak Slack's format want differently. */
export interface SlackStyle {
  channel: string;
  username: string;
  fallback: string;
  /** For news, and for errors. */
  colors: readonly [string, string];
}

/** Slack's attachment of an event. */
export function slackPayload(event: FluxEvent, { channel, username, fallback, colors }: SlackStyle): unknown {
  const fields = Object.entries(event.metadata ?? {}).map(([title, value]) => ({ title, value, short: false }));
  return {
    channel,
    username,
    icon_url: "",
    icon_emoji: "",
    attachments: [
      {
        fallback,
        color: colors[event.severity === "error" ? 1 : 0],
        author_name: objectTitle(event),
        text: event.message,
        mrkdwn_in: ["text"],
        fields,
      },
    ],
  };
}

function checkApiAnswer(body: string): void {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw new EddyError("NOTIFICATION_REFUSED", "unable to unmarshal response body: it is no JSON", { cause });
  }
  if (isObject(answer) && answer["ok"] === true) return;
  const error = isObject(answer) && typeof answer["error"] === "string" ? answer["error"] : "no reason given";
  throw new EddyError("NOTIFICATION_REFUSED", `Slack responded with error: ${error}`);
}
