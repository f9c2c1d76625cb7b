import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startNotificationBed, type NotificationBed } from "../testing/notification-bed.ts";
import type { FluxEvent } from "../event/flux-event.ts";
import { planMessages, type ChatMessage } from "./plan-messages.ts";
import { isTold, readUpdate } from "./read-update.ts";
import type { ChatSettings } from "./chat-settings.ts";

describe("readUpdate()", () => {
  const read = (metadata: Record<string, string>): unknown => readUpdate({ metadata } as unknown as FluxEvent);
  it.each<[string, Record<string, string>, unknown]>([
    ["nothing of ours", { "keel.sh/notify": "a" }, undefined],
    ["a level that is none", { "keel.sh/level": "loud" }, undefined],
    ["no channels", { "keel.sh/level": "success" }, { level: "success", channels: undefined, providers: [] }],
    [
      "channels, and a provider",
      { "keel.sh/level": "error", "keel.sh/notify": " team-a ,,#b,team-a, provider/pager" },
      { level: "error", channels: ["team-a", "#b"], providers: ["pager"] },
    ],
    [
      "a provider alone",
      { "keel.sh/level": "info", "keel.sh/notify": "provider/pager" },
      { level: "info", channels: [], providers: ["pager"] },
    ],
    [
      "a name of 81 characters",
      { "keel.sh/level": "info", "keel.sh/notify": `${"a".repeat(81)},b` },
      { level: "info", channels: ["b"], providers: [] },
    ],
  ])("%s", (_, metadata, want) => expect(read(metadata)).toEqual(want));

  it("takes ten places at most", () => {
    const places = Array.from({ length: 1_000 }, (_, index) => `c${index}`).join(",");
    expect(read({ "keel.sh/level": "info", "keel.sh/notify": places })).toMatchObject({ channels: { length: 10 } });
  });

  it.each<[string, string | undefined, string]>([
    ["unset", undefined, "info success warn error"],
    ["debug", "debug", "info success warn error"],
    ["success", "SUCCESS", "success warn error"],
    ["warn", "warn", "warn error"],
    ["error", "error", "error"],
    ["fatal", "fatal", ""],
    ["none that there is", "loud", "info success warn error"],
  ])("level %s", (_, wanted, told) => {
    const all = ["info", "success", "warn", "error"] as const;
    expect(all.filter((level) => isTold(level, wanted)).join(" ")).toBe(told);
  });
});

describe("planMessages()", () => {
  const all: ChatSettings = {
    slackUrl: "https://s",
    mattermostUrl: "https://m",
    teamsUrl: "https://t",
    discordUrl: "https://d",
    genericUrl: "https://g",
  };
  const plan = (settings: ChatSettings, channels?: string[]): string[] =>
    planMessages({ level: "info", channels, providers: [] }, settings).map(
      ({ type, address, channel = "", token = "" }: ChatMessage) => `${type} ${address} ${channel} ${token}`.trim(),
    );
  const rest = ["msteams https://t", "discord https://d", "keel https://g"];
  it.each<[string, ChatSettings, string[] | undefined, string[]]>([
    ["nothing is set up", {}, ["a"], []],
    ["as set up", all, undefined, ["slack https://s", "slack https://m", ...rest]],
    [
      "the workload's channels",
      all,
      ["a", "b"],
      ["slack https://s a", "slack https://s b", "slack https://m a", "slack https://m b", ...rest],
    ],
    ["the workload's providers alone", all, [], rest],
    ["a bot", { slackBotToken: "x" }, undefined, ["slack https://slack.com/api/chat.postMessage general x"]],
    [
      "a bot with channels, in place of the webhook",
      { slackBotToken: "x", slackChannels: "a, b", slackUrl: "https://s" },
      undefined,
      ["slack https://slack.com/api/chat.postMessage a x", "slack https://slack.com/api/chat.postMessage b x"],
    ],
    [
      "a bot elsewhere, and the workload's channel",
      { slackBotToken: "x", slackChannels: "a", slackApiUrl: "https://slack-gov.com/api/" },
      ["team"],
      ["slack https://slack-gov.com/api/chat.postMessage team x"],
    ],
  ])("%s", (_, settings, channels, want) => expect(plan(settings, channels)).toEqual(want));
});

describe("an update by labels", () => {
  let bed: NotificationBed;
  let count = 0;
  beforeAll(async () => {
    bed = await startNotificationBed({
      answer: ({ path }) =>
        path === "/teams"
          ? { status: 403, body: "no" }
          : path.endsWith("chat.postMessage")
            ? { status: 200, body: '{"ok":true}' }
            : undefined,
    });
    await bed.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "eddy" } });
    const stringData = {
      "slack-bot-token": "xoxb-1",
      "slack-api-url": `${bed.inbox.url}/api`,
      "slack-channels": "deploys",
      "slack-bot-name": "keel",
      "teams-url": `${bed.inbox.url}/teams`,
      "generic-url": `${bed.inbox.url}/generic`,
    };
    await bed.kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "eddy-updates", namespace: "eddy" },
      stringData,
    } as never);
  });
  afterAll(() => bed.stop());
  beforeEach(async () => void (await bed.enterNamespace()));
  const publish = (metadata: Record<string, string>, over: object = {}): void =>
    bed.publish({
      involvedObject: {
        group: "apps",
        apiVersion: "apps/v1",
        kind: "Deployment",
        namespace: bed.namespace,
        name: "web",
      },
      severity: "info",
      timestamp: "2026-11-21T12:00:00Z",
      reason: "UpdateWritten",
      message: `automated update ${count++}`,
      metadata,
      reportingController: "updates-controller",
      reportingInstance: "updates-controller",
      ...over,
    });
  const bodyOf = (path: string): Record<string, unknown> =>
    JSON.parse(bed.inbox.messages().find((message) => message.path === path)?.body ?? "{}") as Record<string, unknown>;
  const paths = (): string[] =>
    bed.inbox
      .messages()
      .map(({ path }) => path)
      .toSorted();

  it("is told where Keel's environment says, though one place refuses", async () => {
    publish({ "keel.sh/level": "success" });
    await bed.idle();
    expect(paths()).toEqual(["/api/chat.postMessage", "/generic", "/teams"]);
    expect(bodyOf("/api/chat.postMessage")).toMatchObject({
      channel: "deploys",
      username: "keel",
      attachments: [{ color: "good", author_name: `deployment/web.${bed.namespace}`, fields: [] }],
    });
    expect(bodyOf("/generic")).toMatchObject({
      type: "deployment update",
      level: "LevelSuccess",
      resourceKind: "deployment",
      identifier: `deployment/${bed.namespace}/web`,
      metadata: { provider: "kubernetes", namespace: bed.namespace, name: "web" },
    });
  });

  it("is told in the workload's channels and by its Provider", async () => {
    await bed.createProvider("pager", { type: "generic", address: `${bed.inbox.url}/pager` });
    publish(
      { "keel.sh/level": "error", "keel.sh/notify": "team-a,provider/pager,provider/none" },
      { severity: "error" },
    );
    await bed.idle();
    expect(paths()).toEqual(["/api/chat.postMessage", "/generic", "/pager", "/teams"]);
    expect(bodyOf("/api/chat.postMessage")).toMatchObject({ channel: "team-a", attachments: [{ color: "danger" }] });
    expect(bodyOf("/pager")).toMatchObject({ involvedObject: { kind: "Deployment" }, metadata: {} });
  });

  it("tells what votes came to, in Keel's words", async () => {
    publish({ "keel.sh/level": "info" }, { reason: "ApprovalRejected" });
    await bed.idle();
    expect(bodyOf("/generic")).toMatchObject({ type: "update rejected", level: "LevelInfo" });
  });

  it.each<[string, Record<string, string>, object]>([
    ["it is no news for chats", {}, {}],
    ["another controller says it", { "keel.sh/level": "error" }, { reportingController: "kustomize-controller" }],
  ])("is not told where %s", async (_, metadata, over) => {
    publish(metadata, over);
    await bed.idle();
    expect(paths()).toEqual([]);
  });

  it("is not told because somebody posts it", async () => {
    const involvedObject = { apiVersion: "apps/v1", kind: "Deployment", namespace: bed.namespace, name: "web" };
    const event = { severity: "info", timestamp: "2026-11-21T12:00:00Z", reason: "UpdateWritten", message: "forged" };
    const metadata = { "keel.sh/level": "error", "apps/x": "y" };
    const reportingController = "updates-controller";
    expect(await bed.post({ involvedObject, ...event, metadata, reportingController })).toBe(202);
    await bed.idle();
    expect(paths()).toEqual([]);
  });
});
