import type { Masker } from "@eddy/core/secrets";
import type { DataStore } from "@eddy/runtime/data";

/** Name of the Secret, in the namespace where Eddy runs, with what webhooks, chats and links are proven by. */
export const settingsSecret = "eddy-updates";

/** What the Secret has; a part whose key is missing is off, but for webhooks, which anybody may call then. */
export interface EndpointSettings {
  /** `webhook-token`. */
  readonly webhookToken?: string;
  /** `slack-signing-secret`. */
  readonly slackSigningSecret?: string;
  /** `slack-app-token`, `slack-bot-token`: socket mode, for where nobody can call. */
  readonly slackAppToken?: string;
  readonly slackBotToken?: string;
  /** `slack-approvals-channel`: where the bot asks for votes; `general` unless given. */
  readonly slackApprovalsChannel?: string;
  /** `slack-api-url`: `https://slack.com/api` unless given. */
  readonly slackApiUrl?: string;
  /** `mattermost-token`: of the slash command and of buttons. */
  readonly mattermostToken?: string;
  /** `teams-secret`: the base64 text that Teams shows for an outgoing webhook. */
  readonly teamsSecret?: string;
  /** `link-key`: signs links. */
  readonly linkKey?: string;
  /** `url`: where people and chats reach the endpoint, such as `https://eddy.example.org`. */
  readonly url?: string;
  /** `slack-url`, `mattermost-url`, `teams-url`, `generic-url`: incoming webhooks that are told when votes are needed. */
  readonly slackUrl?: string;
  readonly mattermostUrl?: string;
  readonly teamsUrl?: string;
  readonly genericUrl?: string;
}

const keys: Readonly<Record<keyof EndpointSettings, string>> = {
  webhookToken: "webhook-token",
  slackSigningSecret: "slack-signing-secret",
  slackAppToken: "slack-app-token",
  slackBotToken: "slack-bot-token",
  slackApprovalsChannel: "slack-approvals-channel",
  slackApiUrl: "slack-api-url",
  mattermostToken: "mattermost-token",
  teamsSecret: "teams-secret",
  linkKey: "link-key",
  url: "url",
  slackUrl: "slack-url",
  mattermostUrl: "mattermost-url",
  teamsUrl: "teams-url",
  genericUrl: "generic-url",
};

/** What stands in messages and addresses: hidden, it would garble every line of the log. */
const isOpen: ReadonlySet<string> = new Set(["url", "slackApprovalsChannel", "slackApiUrl"]);

/**
 * Reads the Secret; nothing is set where there is none. Lines' ends behind a value are left out. `data` leaves the masker alone: what is
 * secret is told to it here.
 */
export async function readSettings(data: DataStore, namespace: string, masker: Masker): Promise<EndpointSettings> {
  const values = (await data.read({ group: "", kind: "Secret", namespace, name: settingsSecret })) ?? {};
  const settings = Object.entries(keys).flatMap(([name, key]): [string, string][] => {
    const value = values[key]?.trim();
    return value ? [[name, value]] : [];
  });
  for (const [name, value] of settings) if (!isOpen.has(name)) masker.register(value);
  return Object.fromEntries(settings);
}
