import type { Approval } from "@eddy/api";
import type { JsonObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import { slackApi } from "../slack/slack-tokens.ts";
import { signLink } from "./vote-link.ts";
import { identifierOf } from "@eddy/runtime/approval";
import type { EndpointSettings } from "../endpoint/settings.ts";

/** A message that is posted as JSON. */
export interface VoterMessage {
  readonly to: "slack" | "mattermost" | "teams" | "generic";
  /** An incoming webhook; of a bot where Slack's API is. */
  readonly url: string;
  /** Of a bot, which says it by `chat.postMessage`. */
  readonly token?: string;
  readonly body: JsonObject;
}

/** The messages that ask for votes, with buttons or signed links, one for each chat that is set up. Pure. */
export function voterMessages(approval: Approval, settings: EndpointSettings): VoterMessage[] {
  const { mattermostUrl, teamsUrl, genericUrl } = settings;
  return [
    ...slackMessages(approval, settings),
    ...(mattermostUrl === undefined
      ? []
      : [{ to: "mattermost" as const, url: mattermostUrl, body: mattermostBody(approval, settings) }]),
    ...(teamsUrl === undefined ? [] : [{ to: "teams" as const, url: teamsUrl, body: teamsBody(approval, settings) }]),
    ...(genericUrl === undefined
      ? []
      : [{ to: "generic" as const, url: genericUrl, body: genericBody(approval, settings) }]),
  ];
}

/** By the bot where there is one, else by the incoming webhook. */
function slackMessages(approval: Approval, settings: EndpointSettings): VoterMessage[] {
  const { slackUrl, slackBotToken: token, slackApprovalsChannel: channel = "general", slackApiUrl } = settings;
  if (token !== undefined) {
    const body = { channel, ...slackBody(approval, settings, "approve") };
    return [{ to: "slack", url: slackApi(slackApiUrl), token, body }];
  }
  return slackUrl === undefined
    ? []
    : [{ to: "slack", url: slackUrl, body: slackBody(approval, settings, "/eddy approve") }];
}

function textOf({ spec }: Approval): string {
  return `${spec.message ?? `change ${spec.from} to ${spec.to}`}: needs ${spec.votesRequired} ${spec.votesRequired === 1 ? "vote" : "votes"} until ${spec.deadline}`;
}

function nameOf({ metadata }: Approval): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function slackBody(approval: Approval, settings: EndpointSettings, command: string): JsonObject {
  const button = (choice: "approve" | "reject", style: string): JsonObject => ({
    type: "button",
    text: { type: "plain_text", text: choice === "approve" ? "Approve" : "Reject" },
    style,
    action_id: choice,
    value: `${choice} ${nameOf(approval)}`,
  });
  const text = `${textOf(approval)}\n${command} ${identifierOf(approval)}${linkText(approval, settings, "slack")}`;
  return {
    text,
    blocks: [
      { type: "section", text: { type: "plain_text", text: text.slice(0, 2_900) } },
      { type: "actions", elements: [button("approve", "primary"), button("reject", "danger")] },
    ],
  };
}

function mattermostBody(approval: Approval, settings: EndpointSettings): JsonObject {
  const { url, mattermostToken } = settings;
  const action = (choice: "approve" | "reject"): JsonObject => ({
    id: choice,
    name: choice === "approve" ? "Approve" : "Reject",
    integration: {
      url: `${url ?? ""}/v1/chat/mattermost`,
      context: { command: `${choice} ${nameOf(approval)}`, token: mattermostToken },
    },
  });
  const hasButtons = url !== undefined && mattermostToken !== undefined;
  const text = `${textOf(approval)}${linkText(approval, settings, "mattermost")}`;
  return {
    text,
    ...(hasButtons
      ? { attachments: [{ text: nameOf(approval), actions: [action("approve"), action("reject")] }] }
      : {}),
  };
}

function teamsBody(approval: Approval, settings: EndpointSettings): JsonObject {
  const links = linksOf(approval, settings, "teams");
  const open = (name: string, uri: string): JsonObject => ({
    "@type": "OpenUri",
    name,
    targets: [{ os: "default", uri }],
  });
  return {
    "@type": "MessageCard",
    "@context": "http://schema.org/extensions",
    summary: `approval ${nameOf(approval)}`,
    text: textOf(approval),
    ...(links ? { potentialAction: [open("Approve", links.approve), open("Reject", links.reject)] } : {}),
  };
}

/** As Keel's webhook, with links. Source: spec/flux1-keel-flagger.md 2.9. */
function genericBody(approval: Approval, settings: EndpointSettings): JsonObject {
  const { metadata, spec } = approval;
  return {
    name: "approval requested",
    message: textOf(approval),
    createdAt: metadata.creationTimestamp,
    type: "approval requested",
    level: "LevelInfo",
    resourceKind: spec.subject.kind.toLowerCase(),
    identifier: identifierOf(approval),
    metadata: { namespace: metadata.namespace, name: spec.subject.name, newDigest: spec.digest ?? "" },
    ...linksOf(approval, settings, "generic"),
  };
}

function linkText(approval: Approval, settings: EndpointSettings, voter: string): string {
  const links = linksOf(approval, settings, voter);
  return links ? `\nApprove: ${links.approve}\nReject: ${links.reject}` : "";
}

/** Signed links, good until the deadline; undefined where nobody could follow or check them. */
function linksOf(
  { metadata, spec }: Approval,
  { url, linkKey }: EndpointSettings,
  voter: string,
): { approve: string; reject: string } | undefined {
  if (url === undefined || linkKey === undefined) return undefined;
  const { namespace = "", name, uid = "" } = metadata;
  const link = (choice: "approve" | "reject"): string => {
    const token = signLink({ namespace, name, uid, choice, voter, expiresMs: Date.parse(spec.deadline) }, linkKey);
    return `${trimRight(url, "/")}/v1/vote?token=${token}`;
  };
  return { approve: link("approve"), reject: link("reject") };
}
