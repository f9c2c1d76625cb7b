import { createHash, createHmac } from "node:crypto";
import type { ProviderSpec } from "@eddy/api";
import { describe, expect, it } from "vitest";
import { encodeJson } from "../event/encode-event.ts";
import type { FluxEvent } from "../event/flux-event.ts";
import { fakePorts, type SentRequest } from "../testing/fake-http.ts";
import { sampleError, sampleEvent, sampleSettings } from "../testing/samples.ts";
import { providers } from "./registry.ts";

type Type = ProviderSpec["type"];

async function send(
  type: Type,
  event: FluxEvent,
  spec: Partial<ProviderSpec>,
  secret?: Record<string, string>,
  body?: unknown,
): Promise<SentRequest[]> {
  const { ports, sent } = fakePorts(() => ({ body }));
  const definition = await providers[type]?.();
  await definition?.send(event, sampleSettings(type, spec, secret), ports);
  return sent;
}

const address = "https://chat.example.com/hook";
const title = "kustomization/webapp.apps";
const revision = "main@sha1:8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c";
const news = sampleEvent();
const error = sampleError();
const pairs = [
  { title: "env", value: "prod", short: false },
  { title: "revision", value: revision, short: false },
];

interface Case {
  type: Type;
  name: string;
  event?: FluxEvent;
  spec?: Partial<ProviderSpec>;
  secret?: Record<string, string>;
  want: Partial<SentRequest>;
}

const json = { "content-type": "application/json" };

const cases: Case[] = [
  {
    type: "generic",
    name: "the event, with headers of the Secret",
    secret: { headers: "Authorization: Bearer x\nX-Team: a" },
    want: {
      method: "POST",
      url: address,
      headers: { ...json, "gotk-component": "kustomize-controller", authorization: "Bearer x", "x-team": "a" },
      body: news,
    },
  },
  {
    type: "generic-hmac",
    name: "signed over Go's bytes",
    secret: { token: "key" },
    want: {
      headers: {
        ...json,
        "gotk-component": "kustomize-controller",
        "x-signature": `sha256=${createHmac("sha256", "key").update(encodeJson(news)).digest("hex")}`,
      },
      body: news,
    },
  },
  {
    type: "slack",
    name: "news by a bot",
    spec: { channel: "general" },
    secret: { token: "xoxb" },
    want: {
      url: address,
      headers: { ...json, authorization: "Bearer xoxb" },
      body: {
        channel: "general",
        username: "kustomize-controller",
        icon_url: "",
        icon_emoji: "",
        attachments: [
          {
            fallback: `${title}: Reconciliation finished in 1s <&>`,
            color: "good",
            author_name: title,
            text: news.message,
            mrkdwn_in: ["text"],
            fields: pairs,
          },
        ],
      },
    },
  },
  {
    type: "slack",
    name: "an error by a webhook: the first line stands in for the message",
    event: error,
    spec: { username: "flux" },
    want: {
      headers: json,
      body: {
        channel: "",
        username: "flux",
        icon_url: "",
        icon_emoji: "",
        attachments: [
          {
            fallback: `${title}: timeout`,
            color: "danger",
            author_name: title,
            text: "timeout\nmore",
            mrkdwn_in: ["text"],
            fields: pairs,
          },
        ],
      },
    },
  },
  {
    type: "rocket",
    name: "other colours",
    event: error,
    want: {
      body: {
        channel: "",
        username: "",
        icon_url: "",
        icon_emoji: "",
        attachments: [
          {
            fallback: "",
            color: "#FF0000",
            author_name: title,
            text: "timeout\nmore",
            mrkdwn_in: ["text"],
            fields: pairs,
          },
        ],
      },
    },
  },
  { type: "discord", name: "by the door for Slack's format", want: { url: `${address}/slack` } },
  {
    type: "discord",
    name: "that may stand there already",
    spec: { address: `${address}/slack` },
    want: { url: `${address}/slack` },
  },
  {
    type: "msteams",
    name: "a connector of the old kind",
    event: error,
    spec: { address: "https://x.webhook.office.com/a" },
    want: {
      body: {
        "@type": "MessageCard",
        "@context": "http://schema.org/extensions",
        themeColor: "FF0000",
        summary: title,
        sections: [
          {
            activityTitle: "timeout\nmore",
            activitySubtitle: title,
            facts: [
              { name: "env", value: "prod" },
              { name: "revision", value: revision },
            ],
          },
        ],
      },
    },
  },
  {
    type: "msteams",
    name: "an adaptive card, the summary first",
    event: sampleError({ metadata: { a: "1", summary: "s" } }),
    want: {
      body: {
        type: "message",
        attachments: [
          {
            contentType: "application/vnd.microsoft.card.adaptive",
            content: {
              $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
              type: "AdaptiveCard",
              version: "1.4",
              body: [
                {
                  type: "Container",
                  items: [
                    { type: "TextBlock", text: title, size: "large", weight: "bolder", wrap: true },
                    { type: "TextBlock", text: "timeout\nmore", color: "attention", wrap: true },
                    {
                      type: "FactSet",
                      facts: [
                        { title: "summary", value: "s" },
                        { title: "a", value: "1" },
                      ],
                    },
                  ],
                },
              ],
              msteams: { width: "Full" },
            },
          },
        ],
      },
    },
  },
  {
    type: "webex",
    name: "markdown",
    spec: { channel: "room" },
    secret: { token: "t" },
    want: {
      headers: { ...json, authorization: "Bearer t" },
      body: {
        roomId: "room",
        markdown: `✅ **${title}**\n${news.message}\n>**env**: prod\n>**revision**: ${revision}\n`,
      },
    },
  },
  {
    type: "telegram",
    name: "escaped, and to Telegram whatever the address",
    event: sampleError({ message: "a_b.c", metadata: { "x-y": "1.0" } }),
    spec: { channel: "-100:7" },
    secret: { token: "123:abc" },
    want: {
      url: "https://api.telegram.org/bot123:abc/sendMessage",
      body: {
        chat_id: "-100",
        message_thread_id: "7",
        text: "*🚨 kustomization/webapp/apps*\na\\_b\\.c\n\\- *x\\-y*: 1\\.0\n",
        parse_mode: "MarkdownV2",
      },
    },
  },
  {
    type: "lark",
    name: "a card",
    event: sampleError({ metadata: { env: "prod" } }),
    want: {
      body: {
        msg_type: "interactive",
        card: {
          config: { wide_screen_mode: true },
          header: { title: { tag: "plain_text", content: `🚨 ${title}` }, template: "red" },
          elements: [{ tag: "div", text: { tag: "lark_md", content: "**timeout\nmore**\n\nenv: prod\n" } }],
        },
      },
    },
  },
  {
    type: "matrix",
    name: "the same event is the same transaction",
    spec: { address: "https://matrix.example.com", channel: "!room:example.com" },
    secret: { token: "t" },
    want: {
      method: "PUT",
      url: `https://matrix.example.com/_matrix/client/r0/rooms/!room:example.com/send/m.room.message/${createHash("sha1").update(encodeJson(news)).digest("hex")}`,
      headers: { ...json, authorization: "Bearer t" },
      body: { body: `💫 ${title}\n${news.message}\n- env: prod\n- revision: ${revision}\n`, msgtype: "m.text" },
    },
  },
  {
    type: "zulip",
    name: "a form",
    spec: { address: "https://zulip.example.com/ignored", channel: "ops/deploys/eu" },
    secret: { username: "bot@example.com", password: "p" },
    want: {
      url: "https://zulip.example.com/api/v1/messages",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from("bot@example.com:p").toString("base64")}`,
      },
      body: new URLSearchParams({
        content: `## Flux Status\n\nℹ️ Kustomization/apps/webapp\n\n${news.message}\n\nMetadata:\n* \`env\`: prod\n* \`revision\`: ${revision}\n`,
        to: "ops",
        topic: "deploys/eu",
        type: "stream",
      })
        .toString()
        .replaceAll("*", "%2A"),
    },
  },
  {
    type: "zoom",
    name: "with its format",
    secret: { token: "t" },
    want: {
      url: `${address}?format=full`,
      headers: { ...json, authorization: "t" },
      body: {
        content: {
          head: { text: title, sub_head: { text: "info" } },
          body: [
            { type: "message", text: news.message },
            {
              type: "fields",
              items: [
                { key: "env", value: "prod" },
                { key: "revision", value: revision },
              ],
            },
          ],
        },
      },
    },
  },
  {
    type: "opsgenie",
    name: "an alert with a stable alias",
    event: error,
    secret: { token: "t" },
    want: {
      headers: { ...json, authorization: "GenieKey t" },
      body: {
        message: "Kustomization/webapp",
        alias: createHash("sha256")
          .update("0f0e0d0c-0000-4000-8000-000000000002/Kustomization/apps/webapp/HealthCheckFailed")
          .digest("hex"),
        description: "timeout\nmore",
        details: { env: "prod", revision, severity: "error" },
      },
    },
  },
  {
    type: "incident.io",
    name: "an error fires",
    event: error,
    secret: { token: "t" },
    want: {
      headers: { ...json, authorization: "Bearer t" },
      body: {
        title: `${title}: HealthCheckFailed`,
        status: "firing",
        deduplication_key: "6e5ff2b2-1b6c-4a0c-9d3c-2f0f6f9e7c11",
        description: "timeout\nmore",
        metadata: {
          env: "prod",
          revision,
          severity: "error",
          reason: "HealthCheckFailed",
          reportingController: "kustomize-controller",
        },
      },
    },
  },
  {
    type: "alertmanager",
    name: "an alert, the summary an annotation",
    event: sampleError({ metadata: { env: "prod", summary: "s" } }),
    secret: { username: "u", password: "p" },
    want: {
      headers: { ...json, authorization: `Basic ${Buffer.from("u:p").toString("base64")}` },
      body: [
        {
          status: "firing",
          labels: {
            env: "prod",
            alertname: "FluxKustomizationHealthcheckfailed",
            severity: "error",
            reason: "HealthCheckFailed",
            kind: "Kustomization",
            name: "webapp",
            namespace: "apps",
            reportingcontroller: "kustomize-controller",
          },
          annotations: { message: "timeout\nmore", summary: "s" },
          startsAt: "2026-11-21T12:00:00Z",
          endsAt: "0001-01-01T00:00:00Z",
        },
      ],
    },
  },
  {
    type: "grafana",
    name: "an annotation",
    event: sampleEvent({ metadata: { "a:b": "c:d" } }),
    secret: { token: "t" },
    want: {
      headers: { ...json, authorization: "Bearer t" },
      body: {
        when: 1_795_262_400,
        text: title,
        tags: ["flux", "kustomize-controller", "a|b: c|d", "kind: Kustomization", "name: webapp", "namespace: apps"],
      },
    },
  },
  {
    type: "datadog",
    name: "an event, its tags in lower case",
    secret: { token: "t" },
    spec: { address: "https://api.datadog.example.com/" },
    want: {
      url: "https://api.datadog.example.com/api/v1/events",
      headers: { ...json, "dd-api-key": "t" },
      body: {
        alert_type: "info",
        date_happened: 1_795_262_400,
        source_type_name: "fluxcd",
        tags: [
          "flux_reporting_controller:kustomize-controller",
          "flux_reason:reconciliationsucceeded",
          "kube_kind:kustomization",
          "kube_name:webapp",
          "kube_namespace:apps",
          "env:prod",
          `revision:${revision}`,
        ],
        text: news.message,
        title: "Events from the Kustomization webapp/apps",
      },
    },
  },
];

describe("a message", () => {
  it.each(cases)("$type: $name", async ({ type, event = news, spec, secret, want }) => {
    const [sent, ...more] = await send(type, event, { address, ...spec }, secret);
    expect(more).toEqual([]);
    expect(sent).toMatchObject(want);
    // Of headers and bodies, nothing more than is wanted either.
    expect(sent?.headers).toEqual(want.headers ?? sent?.headers);
    expect(sent?.body).toEqual(want.body ?? sent?.body);
  });

  it("pagerduty: an error is an incident", async () => {
    const sent = await send("pagerduty", error, { address: "https://events.pagerduty.com/x", channel: "key" });
    expect(sent.map(({ url }) => url)).toEqual(["https://events.pagerduty.com/v2/enqueue"]);
    expect(sent[0]?.body).toEqual({
      routing_key: "key",
      event_action: "trigger",
      dedup_key: "6e5ff2b2-1b6c-4a0c-9d3c-2f0f6f9e7c11",
      payload: {
        summary: "health check failed: kustomization/webapp",
        source: "Flux kustomize-controller",
        severity: "error",
        timestamp: "2026-11-21T12:00:00Z",
        component: "webapp",
        group: "Kustomization",
        custom_details: { message: "timeout\nmore", metadata: { env: "prod", revision } },
      },
    });
  });

  it("pagerduty: news end it, and are a change", async () => {
    const sent = await send("pagerduty", news, { address: "https://events.pagerduty.com", channel: "key" });
    expect(
      sent.map(({ url, body }) => [new URL(url).pathname, (body as Record<string, unknown>)["event_action"]]),
    ).toEqual([
      ["/v2/enqueue", "resolve"],
      ["/v2/change/enqueue", undefined],
    ]);
  });

  it.each(["pagerduty", "incident.io"] as const)("%s: progress is nobody's news", async (type) => {
    expect(await send(type, sampleEvent({ reason: "Progressing" }), { address })).toEqual([]);
  });

  it.each<[Type, Partial<ProviderSpec>, Record<string, string> | undefined, string]>([
    ["slack", {}, undefined, "invalid Slack hook URL ''"],
    ["generic", { address: "not a url" }, undefined, "invalid generic hook URL in spec.address or the Secret"],
    ["generic", { address: "file:///etc/passwd" }, undefined, "invalid generic hook URL in spec.address or the Secret"],
    ["generic-hmac", { address }, undefined, "HMAC key is empty"],
    ["opsgenie", { address }, undefined, "empty Opsgenie apikey/token"],
    ["datadog", { address }, undefined, "token cannot be empty"],
    ["telegram", { channel: "1" }, undefined, "empty Telegram token"],
    [
      "zulip",
      { address, channel: "stream" },
      undefined,
      "invalid Zulip channel format, expected <channel>/<topic>, got 'stream'",
    ],
  ])("%s without what it needs: %j", async (type, spec, secret, message) => {
    await expect(send(type, news, spec, secret)).rejects.toThrow(message);
  });

  it("Slack's API says 200 to everything", async () => {
    const api = { address: "https://slack.com/api/chat.postMessage", channel: "c" };
    await expect(send("slack", news, api, { token: "t" }, { ok: false, error: "channel_not_found" })).rejects.toThrow(
      "Slack responded with error: channel_not_found",
    );
    expect(await send("slack", news, api, { token: "t" }, { ok: true })).toHaveLength(1);
  });
});
