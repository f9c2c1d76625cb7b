import { trimRight } from "@eddy/core/trim";
import type { ProviderType } from "@eddy/api";
import type { ChatSettings } from "./chat-settings.ts";
import type { UpdateNews } from "./read-update.ts";

/** A message to a service that no Provider describes. */
export interface ChatMessage {
  /** How the service is spoken to; `keel` is Keel's own JSON. */
  readonly type: Extract<ProviderType, "slack" | "msteams" | "discord"> | "keel";
  readonly address: string;
  readonly token?: string;
  readonly channel?: string;
  readonly username?: string;
}

const defaultChannel = "general";

/**
 * Where news are told where no Provider is named: in every chat that is set up, as Keel does. The workload's channels take the place of
 * the usual ones where a chat has channels; Teams, Discord and what takes JSON are told in any case. Pure.
 */
export function planMessages({ channels }: UpdateNews, settings: ChatSettings): ChatMessage[] {
  const { slackUrl, mattermostUrl, teamsUrl, discordUrl, genericUrl } = settings;
  const slack = botMessages(channels, settings) ?? webhookMessages(slackUrl, channels);
  const only = (type: ChatMessage["type"], address: string | undefined): ChatMessage[] =>
    address === undefined ? [] : [{ type, address }];
  return [
    ...slack,
    // Mattermost takes Slack's messages.
    ...webhookMessages(mattermostUrl, channels),
    ...only("msteams", teamsUrl),
    ...only("discord", discordUrl),
    ...only("keel", genericUrl),
  ];
}

function botMessages(
  channels: readonly string[] | undefined,
  { slackBotToken: token, slackChannels, slackBotName: username, slackApiUrl }: ChatSettings,
): ChatMessage[] | undefined {
  if (token === undefined) return undefined;
  const usual = (slackChannels ?? defaultChannel).split(",").flatMap((name) => name.trim() || []);
  const address = `${trimRight(slackApiUrl ?? "https://slack.com/api", "/")}/chat.postMessage`;
  const named = username === undefined ? {} : { username };
  return (channels ?? usual).map((channel) => ({ type: "slack", address, token, channel, ...named }));
}

/** An incoming webhook has a channel of its own, and goes to another one where the service lets it. */
function webhookMessages(address: string | undefined, channels: readonly string[] | undefined): ChatMessage[] {
  if (address === undefined) return [];
  return channels ? channels.map((channel) => ({ type: "slack", address, channel })) : [{ type: "slack", address }];
}
