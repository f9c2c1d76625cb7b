import { describe, expect, it } from "vitest";
import { determineWait, lastingMs } from "./determine-wait.ts";
import { readEnvelope } from "./envelope.ts";
import type { SessionEnd } from "./session.ts";
import { isSlackAddress } from "./slack-api.ts";

describe("readEnvelope()", () => {
  const event = (over: object): object => ({
    type: "events_api",
    envelope_id: "e1",
    payload: {
      event_id: "Ev1",
      event: { type: "app_mention", user: "U1", text: "<@B1> help", channel: "C1", ts: "1.2", ...over },
    },
  });
  const asked = (over: object = {}): object => ({
    form: "request",
    id: "e1",
    key: "Ev1",
    request: { user: { name: "slack:U1", via: "slack" }, command: "<@B1> help" },
    to: { form: "channel", channel: "C1", thread: "1.2" },
    ...over,
  });
  const address = { form: "address", url: "https://hooks.slack.com/x" };
  const other = { form: "other", id: "e1" };
  const rows: readonly (readonly [string, object | string, object])[] = [
    ["hello", { type: "hello", num_connections: 1 }, { form: "hello" }],
    ["a warning before the end", { type: "disconnect", reason: "warning" }, { form: "disconnect", isOff: false }],
    ["the end", { type: "disconnect", reason: "refresh_requested" }, { form: "disconnect", isOff: false }],
    ["socket mode is off", { type: "disconnect", reason: "link_disabled" }, { form: "disconnect", isOff: true }],
    ["a mention", event({}), asked()],
    [
      "a mention in a thread",
      event({ thread_ts: "0.1" }),
      asked({ to: { form: "channel", channel: "C1", thread: "0.1" } }),
    ],
    [
      "a direct message",
      event({ type: "message", channel_type: "im" }),
      asked({ to: { form: "channel", channel: "C1", thread: undefined } }),
    ],
    ["a message that mentions nobody", event({ type: "message", channel_type: "channel" }), other],
    ["what a program said", event({ bot_id: "B2" }), other],
    ["what was edited", event({ type: "message", channel_type: "im", subtype: "message_changed" }), other],
    ["a mention by nobody", event({ user: undefined }), other],
    ["a mention by what is no user", event({ user: "system:admin" }), other],
    ["another event", event({ type: "reaction_added" }), other],
    [
      "a slash command",
      {
        type: "slash_commands",
        envelope_id: "e1",
        payload: { user_id: "U1", text: "get approvals", trigger_id: "t1", response_url: address.url },
      },
      asked({
        key: "t1",
        request: { user: { name: "slack:U1", via: "slack" }, command: "get approvals" },
        to: address,
      }),
    ],
    [
      "a button",
      {
        type: "interactive",
        envelope_id: "e1",
        payload: {
          type: "block_actions",
          user: { id: "U1" },
          actions: [{ value: "approve a/b" }],
          response_url: address.url,
        },
      },
      asked({
        key: "e1",
        request: { user: { name: "slack:U1", via: "slack" }, command: "approve a/b", answerTo: address.url },
        to: address,
      }),
    ],
    [
      "a form",
      { type: "interactive", envelope_id: "e1", payload: { type: "view_submission", user: { id: "U1" } } },
      other,
    ],
    ["an unknown envelope", { type: "nobody_knows", envelope_id: "e1", payload: { event_id: "x" } }, other],
    ["a payload that is a list", { type: "events_api", envelope_id: "e1", payload: [1] }, other],
    ["no payload", { type: "slash_commands", envelope_id: "e1" }, other],
    ["no id", { type: "events_api" }, { form: "unreadable", why: '"events_api" has no envelope_id' }],
    ["a long id", { type: "x", envelope_id: "e".repeat(201) }, { form: "unreadable", why: '"x" has no envelope_id' }],
    ["no JSON", "hello", { form: "unreadable", why: "it is no JSON object" }],
    ["a list", [1], { form: "unreadable", why: "it is no JSON object" }],
  ];
  it.each(rows)("%s", (_, message, want) => {
    expect(readEnvelope(typeof message === "string" ? message : JSON.stringify(message))).toEqual(want);
  });
});

describe("determineWait()", () => {
  const lost = (over: object = {}): SessionEnd => ({
    form: "lost",
    why: "cut",
    wasUp: false,
    isFinal: false,
    retryAfterMs: undefined,
    ...over,
  });
  const replaced: SessionEnd = { form: "replaced" };
  const rows: readonly (readonly [string, SessionEnd, number, number, number, number])[] = [
    // what, how it ended, how long it lasted, failures before; failures and wait after, without luck
    ["replaced", replaced, lastingMs, 3, 0, 0],
    ["replaced at once", replaced, 10, 0, 1, 1_000],
    ["replaced at once, again and again", replaced, 10, 4, 5, 16_000],
    ["lost after a while", lost({ wasUp: true }), lastingMs, 5, 1, 1_000],
    ["never stood, slowly", lost(), lastingMs * 2, 1, 2, 2_000],
    ["never stood", lost(), 5, 0, 1, 1_000],
    ["for long", lost(), 5, 100, 101, 60_000],
    ["told to wait", lost({ retryAfterMs: 30_000 }), 5, 0, 1, 30_000],
    ["only a person can help", lost({ isFinal: true }), 5, 0, 1, 600_000],
  ];
  it.each(rows)("%s", (_, end, lastedMs, failures, count, waitMs) => {
    expect(determineWait(end, lastedMs, { failures }, () => 1)).toEqual({ failures: count, waitMs });
  });
  it("has chance in it", () => {
    expect(determineWait(lost(), 5, { failures: 3 }, () => 0).waitMs).toBe(4_000);
  });
});

describe("isSlackAddress()", () => {
  it.each([
    ["wss://wss-primary.slack.com/link/?ticket=x", true],
    ["https://hooks.slack.com/commands/x", true],
    ["https://slack.com/x", true],
    ["http://hooks.slack.com/x", false],
    ["ws://wss-primary.slack.com", false],
    ["https://evilslack.com/x", false],
    ["https://slack.com.evil.example/x", false],
    ["https://slack.com@evil.example/x", false],
    ["file:///etc/passwd", false],
    ["", false],
  ])("%s: %s", (address, want) => {
    expect(isSlackAddress(address, "https://slack.com/api")).toBe(want);
  });
});
