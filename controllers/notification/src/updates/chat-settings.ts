import type { Masker } from "@eddy/core/secrets";
import type { DataStore } from "@eddy/runtime/data";

/** Where updates by labels are told, as Keel's environment says it: the Secret `eddy-updates`. */
export interface ChatSettings {
  /** `slack-bot-token`, with `slack-channels` (comma; `general` unless given) and `slack-bot-name`. */
  readonly slackBotToken?: string;
  readonly slackChannels?: string;
  readonly slackBotName?: string;
  /** `slack-api-url`: `https://slack.com/api` unless given. */
  readonly slackApiUrl?: string;
  /** Incoming webhooks: `slack-url`, `mattermost-url`, `teams-url`, `discord-url`, and `generic-url`, which takes Keel's JSON. */
  readonly slackUrl?: string;
  readonly mattermostUrl?: string;
  readonly teamsUrl?: string;
  readonly discordUrl?: string;
  readonly genericUrl?: string;
  /** `notification-level`: from which one on; `info` unless given. */
  readonly notificationLevel?: string;
}

const keys: Readonly<Record<keyof ChatSettings, string>> = {
  slackBotToken: "slack-bot-token",
  slackChannels: "slack-channels",
  slackBotName: "slack-bot-name",
  slackApiUrl: "slack-api-url",
  slackUrl: "slack-url",
  mattermostUrl: "mattermost-url",
  teamsUrl: "teams-url",
  discordUrl: "discord-url",
  genericUrl: "generic-url",
  notificationLevel: "notification-level",
};

/** What stands in messages and addresses: hidden, it would garble every line of the log. */
const isOpen: ReadonlySet<string> = new Set(["slackChannels", "slackBotName", "slackApiUrl", "notificationLevel"]);

/**
 * Reads the Secret; nothing is set where there is none. `data` leaves the masker alone: what is secret is told to it here.
 */
export async function readChatSettings(data: DataStore, namespace: string, masker: Masker): Promise<ChatSettings> {
  const values = (await data.read({ group: "", kind: "Secret", namespace, name: "eddy-updates" })) ?? {};
  const settings = Object.entries(keys).flatMap(([name, key]): [string, string][] => {
    const value = values[key]?.trim();
    return value ? [[name, value]] : [];
  });
  for (const [name, value] of settings) if (!isOpen.has(name)) masker.register(value);
  return Object.fromEntries(settings);
}
