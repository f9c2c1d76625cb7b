import { trimRight } from "@eddy/core/trim";
import type { EndpointSettings } from "../endpoint/settings.ts";
import { defaultSlackApi } from "./slack-api.ts";

/** What socket mode is set up with. */
export interface SlackTokens {
  /** `https://slack.com/api`, without a slash at its end. */
  readonly api: string;
  /** `xapp-…`, with `connections:write`: opens connections. */
  readonly appToken: string;
  /** `xoxb-…`, with `chat:write`: says things. */
  readonly botToken: string;
}

/** Socket mode as the Secret has it; undefined unless both tokens are there. Pure. */
export function slackTokens({ slackAppToken, slackBotToken, slackApiUrl }: EndpointSettings): SlackTokens | undefined {
  if (slackAppToken === undefined || slackBotToken === undefined) return undefined;
  return { api: slackApi(slackApiUrl), appToken: slackAppToken, botToken: slackBotToken };
}

/** Where Slack's API is, without a slash at its end. Pure. */
export function slackApi(url: string | undefined): string {
  return trimRight(url ?? defaultSlackApi, "/");
}

/** Whether both mean the same connection. */
export function isSameSlack(left: SlackTokens | undefined, right: SlackTokens | undefined): boolean {
  return left?.api === right?.api && left?.appToken === right?.appToken && left?.botToken === right?.botToken;
}
