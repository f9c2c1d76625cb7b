import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { fakeClock, systemClock, type Clock } from "@eddy/core/clock";
import type { LogFields } from "@eddy/core/log";
import { valueAt } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { requestApproval, type ApprovalKey } from "@eddy/runtime/approval";
import { createSeenCalls } from "../endpoint/seen-calls.ts";
import type { EndpointSettings } from "../endpoint/settings.ts";
import { startSlackStandIn, type SlackConnection, type SlackStandIn } from "@eddy/inbox";
import { startUpdatesBed, type UpdatesBed } from "../testing/updates-bed.ts";
import { startSlackSocket, type SlackSocket } from "./slack-socket.ts";

const [appToken, botToken] = ["xapp-1-secret", "xoxb-2-secret"];
let bed: UpdatesBed;
let slack: SlackStandIn;
let http: HttpClient;
let socket: SlackSocket;
let settings: EndpointSettings;
let onSettings: () => void;
let lines: { message: string; fields: LogFields | undefined }[];
let onLine: (message: string) => void;
let key: ApprovalKey;
let count = 0;

beforeAll(async () => {
  bed = await startUpdatesBed();
  await bed.enterNamespace();
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
  const rules = [{ apiGroups: ["eddy.sh"], resources: ["approvals"], verbs: ["approve", "get", "list"] }];
  await bed.kube.create({ ...rbac, kind: "ClusterRole", metadata: { name: "approver" }, rules } as never);
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "slack:U1" }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "approver" };
  await bed.kube.create({
    ...rbac,
    kind: "ClusterRoleBinding",
    metadata: { name: "approvers" },
    roleRef,
    subjects,
  } as never);
});
afterAll(() => bed.stop());

beforeEach(async () => {
  slack = await startSlackStandIn(appToken);
  http = createHttpClient();
  settings = { slackAppToken: appToken, slackBotToken: botToken, slackApiUrl: slack.api };
  lines = [];
  onLine = () => undefined;
  const name = `web${count++}`;
  const change = { subject: { apiVersion: "apps/v1", kind: "Deployment", name }, from: "web=app:1", to: "web=app:2" };
  const { approval } = await requestApproval(
    { namespace: bed.namespace, ...change, votesRequired: 1, deadlineMs: 3_600_000, message: "update it" },
    bed.environment,
  );
  key = approval as ApprovalKey;
});
afterEach(async () => {
  await socket.stop();
  http.close();
  await slack.stop();
});

function start(clock: Clock = systemClock): void {
  const logger = {
    log(_level: string, message: string, fields?: LogFields) {
      lines.push({ message, fields });
      onLine(message);
    },
    with: () => logger,
  };
  socket = startSlackSocket({
    kube: bed.kube,
    clock,
    logger,
    http,
    masker: createMasker(),
    seen: createSeenCalls(clock),
    random: () => 1,
    settings: () => Promise.resolve(settings),
    onSettings: (listener) => {
      onSettings = listener;
      return () => undefined;
    },
  });
}

async function connected(): Promise<SlackConnection> {
  const connection = await slack.connection();
  connection.send({ type: "hello" });
  return connection;
}

const untilLine = (text: string): Promise<void> =>
  new Promise((resolve) => {
    if (lines.some(({ message }) => message === text)) return resolve();
    onLine = (message) => (message === text ? resolve() : undefined);
  });
const approval = (): Promise<unknown> => bed.kube.get({ group: "eddy.sh", kind: "Approval", ...key });
const phase = async (): Promise<unknown> => valueAt(await approval(), "status", "phase");
const mention = (id: string, text: string, over: object = {}): object => ({
  type: "events_api",
  envelope_id: id,
  payload: {
    event_id: `Ev-${id}`,
    event: { type: "app_mention", user: "U1", channel: "C1", ts: "1.2", text, ...over },
  },
});
const button = (id: string, value: string, over: object = {}): object => ({
  type: "interactive",
  envelope_id: id,
  payload: {
    type: "block_actions",
    user: { id: "U1" },
    trigger_id: `t-${id}`,
    response_url: slack.responseUrl,
    actions: [{ value }],
    ...over,
  },
});

it("answers mentions in their thread, and votes, as the user", async () => {
  start();
  const connection = await connected();
  connection.send(mention("e1", "<@B1> get approvals"));
  expect(await connection.acknowledged()).toBe("e1");
  const listed = await slack.said();
  expect(listed).toMatchObject({ path: "/api/chat.postMessage", token: `Bearer ${botToken}` });
  expect(listed.body).toMatchObject({ channel: "C1", thread_ts: "1.2" });
  const identifier = `deployment/${bed.namespace}/web${count - 1}:2`;
  expect(listed.body["text"]).toContain(identifier);
  connection.send(mention("e2", `<@B1> approve ${identifier}`, { user: "U2" }));
  expect((await slack.said()).body["text"]).toContain('"slack:U2" may not vote');
  expect(await phase()).toBe("Pending");
  connection.send(mention("e3", `<@B1> approve ${identifier}`));
  expect((await slack.said()).body["text"]).toContain("Approved by slack:U1: approved by slack:U1");
  expect(await phase()).toBe("Approved");
});

it("takes slash commands and buttons, and answers where they say", async () => {
  start();
  const connection = await connected();
  connection.send({
    type: "slash_commands",
    envelope_id: "e1",
    payload: { user_id: "U1", text: "help", response_url: slack.responseUrl },
  });
  expect(await slack.said()).toMatchObject({ path: "/answer", token: "", body: { response_type: "in_channel" } });
  connection.send(button("e2", `reject ${key.namespace}/${key.name}`));
  expect((await slack.said()).body["text"]).toContain("Rejected by slack:U1");
  expect(await phase()).toBe("Rejected");
});

it("does once what comes twice, also on another connection", async () => {
  start();
  const connection = await connected();
  const name = `${key.namespace}/${key.name}`;
  connection.send(button("e1", `approve ${name}`));
  expect((await slack.said()).body["text"]).toContain("Approved");
  connection.send(button("e2", `reject ${name}`));
  expect((await slack.said()).body["text"]).toContain("Rejected");
  connection.send(button("e1", `approve ${name}`));
  connection.send({ ...button("e1", `approve ${name}`), envelope_id: "another" });
  const ids = [];
  for (let index = 0; index < 4; index++) ids.push(await connection.acknowledged());
  expect(ids).toEqual(["e1", "e2", "e1", "another"]);
  connection.send({ type: "disconnect", reason: "link_disabled" });
  await untilLine("the connection to Slack was lost");
  await socket.idle();
  expect(await phase()).toBe("Rejected");
  const votes = valueAt(await approval(), "status", "votes") as { choice: string }[];
  expect(votes.map(({ choice }) => choice)).toEqual(["approve", "reject"]);
});

it("opens another connection when Slack wants it, and hears on the old one meanwhile", async () => {
  const clock = fakeClock(Date.now());
  start(clock);
  const first = await connected();
  await untilLine("listening to Slack");
  clock.advance(20_000);
  first.send({ type: "disconnect", reason: "warning" });
  const second = await connected();
  first.send(mention("e1", "help"));
  expect(await first.acknowledged()).toBe("e1");
  expect((await slack.said()).body["text"]).toContain("Commands:");
  second.send(mention("e1", "help"));
  expect(await second.acknowledged()).toBe("e1");
  // Slack would have ended it by now.
  clock.advance(20_000);
  await first.closed;
  second.send(mention("e2", "nonsense"));
  expect((await slack.said()).body["text"]).toContain("I do not know");
  expect(slack.asked).toHaveLength(2);
});

it.each<[string, (connection: SlackConnection) => void]>([
  ["is cut", (connection) => connection.cut()],
  ["is ended", (connection) => connection.end()],
  ["says more than half a MiB", (connection) => connection.send("x".repeat(600_000))],
])("comes back after a while when the connection %s", async (_, lose) => {
  const clock = fakeClock(Date.now());
  start(clock);
  const first = await connected();
  await untilLine("listening to Slack");
  lose(first);
  await untilLine("the connection to Slack was lost");
  expect(slack.asked).toHaveLength(1);
  await waiting(clock);
  clock.advance(1_000);
  const second = await connected();
  second.send(mention("e1", "help"));
  expect((await slack.said()).body["text"]).toContain("Commands:");
});

it("leaves out what is none, and goes on", async () => {
  start();
  const connection = await connected();
  for (const message of ["no JSON", "[]", { type: "events_api" }]) connection.send(message);
  connection.send({ type: "from_the_future", envelope_id: "e1", payload: {} });
  connection.send(mention("e2", "approve x/y", { bot_id: "B2" }));
  connection.send(button("e3", "help", { response_url: "https://elsewhere.example/x" }));
  connection.send(mention("e4", "help"));
  for (const id of ["e1", "e2", "e3", "e4"]) expect(await connection.acknowledged()).toBe(id);
  expect((await slack.said()).body["text"]).toContain("Commands:");
  await socket.idle();
  const told = lines.map(({ message }) => message);
  expect(told.filter((message) => message === "a message of Slack's is left out")).toHaveLength(3);
  expect(told).toContain("an answer is not sent: its address is none of Slack's");
});

it("says why there is no connection, without a token, and asks again when the Secret changes", async () => {
  settings = { ...settings, slackAppToken: "xapp-wrong-secret" };
  const clock = fakeClock(Date.now());
  start(clock);
  await untilLine("the connection to Slack was lost");
  expect(lines.at(-1)?.fields).toMatchObject({
    why: "call Slack's apps.connections.open: invalid_auth",
    waitMs: 600_000,
  });
  await waiting(clock);
  settings = { ...settings, slackAppToken: appToken };
  onSettings();
  const connection = await connected();
  await untilLine("listening to Slack");
  settings = {};
  onSettings();
  await connection.closed;
  expect(JSON.stringify(lines)).not.toMatch(/-secret|ticket=/);
});

it.each<[string, SlackStandIn["refusal"], object]>([
  ["too often", { status: 429, body: "", headers: { "retry-after": "30" } }, { waitMs: 30_000 }],
  [
    "an address elsewhere",
    { status: 200, body: '{"ok":true,"url":"wss://elsewhere.example/?ticket=t"}' },
    { why: expect.stringContaining("none of Slack's") },
  ],
  ["nonsense", { status: 200, body: "<html>" }, { why: expect.stringContaining("none of Slack's"), waitMs: 1_000 }],
  [
    "a redirect",
    { status: 302, body: "", headers: { location: "http://169.254.169.254/" } },
    { why: expect.stringContaining("302") },
  ],
])("waits when Slack answers with %s", async (_, refusal, fields) => {
  slack.refusal = refusal;
  start(fakeClock(Date.now()));
  await untilLine("the connection to Slack was lost");
  expect(lines.at(-1)?.fields).toMatchObject(fields);
});

it("says it later where Slack wants that, and gives up after five times", async () => {
  const clock = fakeClock(Date.now());
  start(clock);
  const connection = await connected();
  await untilLine("listening to Slack");
  const idle = clock.pending();
  slack.busy = 1;
  connection.send(mention("e1", "help"));
  await expect.poll(() => clock.pending()).toBeGreaterThan(idle);
  clock.advance(1_000);
  expect((await slack.said()).body["text"]).toContain("Commands:");
  await socket.idle();
  slack.busy = 100;
  connection.send(mention("e2", "help"));
  for (let attempt = 1; attempt < 5; attempt++) {
    await expect.poll(() => [slack.busy, clock.pending() > idle]).toEqual([100 - attempt, true]);
    clock.advance(1_000);
  }
  await untilLine("answer in Slack failed");
  expect(slack.busy).toBe(95);
});

it("waits for tokens", async () => {
  settings = { slackBotToken: botToken };
  start();
  settings = { slackBotToken: botToken, slackAppToken: appToken, slackApiUrl: slack.api };
  onSettings();
  await connected();
  await untilLine("listening to Slack");
});

/** Until the loop waits for its time. */
async function waiting(clock: ReturnType<typeof fakeClock>): Promise<void> {
  await expect.poll(() => clock.pending()).toBeGreaterThan(0);
}
