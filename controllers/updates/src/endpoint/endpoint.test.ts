import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { valueAt } from "@eddy/core/object";
import { requestApproval, type ApprovalKey } from "@eddy/runtime/approval";
import type { ControllerHandle } from "@eddy/runtime/controller";
import { signLink } from "../approval/vote-link.ts";
import { createUpdatesController } from "../create-updates-controller.ts";
import { startUpdatesBed, type UpdatesBed } from "../testing/updates-bed.ts";
import { startInbox, type Inbox } from "@eddy/inbox";

let bed: UpdatesBed;
let inbox: Inbox;
let url: string;
let approvals: ControllerHandle;
const secrets = {
  webhook: "webhook-token-1",
  slack: "slack-secret-1",
  mattermost: "mattermost-token-1",
  teams: Buffer.from("teams-secret").toString("base64"),
  link: "link-key-1",
};

beforeAll(async () => {
  bed = await startUpdatesBed();
  inbox = await startInbox();
  await bed.enterNamespace();
  const stringData = {
    "slack-signing-secret": secrets.slack,
    "mattermost-token": secrets.mattermost,
    "teams-secret": secrets.teams,
    "link-key": secrets.link,
    url: "https://eddy.example",
    "slack-url": `${inbox.url}/slack`,
    "generic-url": `${inbox.url}/generic`,
    "slack-api-url": `${inbox.url}/api`,
  };
  await bed.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
  await bed.kube.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "eddy-updates", namespace: "flux-system" },
    stringData,
  } as never);
  const listening = Promise.withResolvers<number>();
  approvals = createUpdatesController({
    git: {},
    listen: { port: 0, host: "127.0.0.1" },
    runtimeNamespace: "flux-system",
    onListening: listening.resolve,
  }).startApprovals(bed.environment);
  url = `http://127.0.0.1:${await listening.promise}`;
  await allow("slack:U1", "mattermost:jane", "teams:0a-1b", "link:slack", "link:generic");
});
afterAll(async () => {
  await approvals.stop();
  await inbox.stop();
  await bed.stop();
});

async function allow(...users: string[]): Promise<void> {
  const rules = [{ apiGroups: ["eddy.sh"], resources: ["approvals"], verbs: ["approve", "get", "list"] }];
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
  await bed.kube.apply({ ...rbac, kind: "ClusterRole", metadata: { name: "approver" }, rules } as never, {
    fieldManager: "test",
  });
  const subjects = users.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name }));
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "approver" };
  await bed.kube.apply(
    { ...rbac, kind: "ClusterRoleBinding", metadata: { name: "approvers" }, roleRef, subjects } as never,
    { fieldManager: "test", force: true },
  );
}

let key: ApprovalKey;
let uid: string;
let count = 0;
beforeEach(async () => {
  const name = `web${count++}`;
  const change = { subject: { apiVersion: "apps/v1", kind: "Deployment", name }, from: "web=app:1", to: "web=app:2" };
  const { approval } = await requestApproval(
    { namespace: bed.namespace, ...change, votesRequired: 1, deadlineMs: 3_600_000, message: "update it" },
    bed.environment,
  );
  key = approval as ApprovalKey;
  uid = (await bed.kube.get({ group: "eddy.sh", kind: "Approval", ...key })).metadata.uid ?? "";
});

const phase = async (): Promise<unknown> =>
  valueAt(await bed.kube.get({ group: "eddy.sh", kind: "Approval", ...key }), "status", "phase");
const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url + path, { method: "POST", body, headers });

function slack(
  text: string,
  over: { secret?: string; ageS?: number; user?: string } = {},
): { body: string; headers: Record<string, string> } {
  const { secret = secrets.slack, ageS = 0, user = "U1" } = over;
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
  const body = new URLSearchParams({ user_id: user, text, nonce: String(count) }).toString();
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  return { body, headers: { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature } };
}
async function sendSlack(
  text: string,
  over: Parameters<typeof slack>[1] = {},
): Promise<{ status: number; text: string }> {
  const { body, headers } = slack(text, over);
  const response = await post("/v1/chat/slack", body, headers);
  return { status: response.status, text: await response.text() };
}

describe("Slack", () => {
  it("approves by command, by Keel's identifier", async () => {
    const { name } = { name: `web${count - 1}` };
    expect((await sendSlack("get approvals")).text).toContain(`deployment/${bed.namespace}/${name}:2`);
    const answer = await sendSlack(`approve deployment/${bed.namespace}/${name}:2`);
    expect(answer.text).toContain("Approved by slack:U1: approved by slack:U1");
    expect(await phase()).toBe("Approved");
  });

  it("rejects by a button", async () => {
    const payload = JSON.stringify({
      type: "block_actions",
      user: { id: "U1" },
      actions: [{ value: `reject ${key.namespace}/${key.name}` }],
      response_url: `${inbox.url}/answer`,
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const body = new URLSearchParams({ payload }).toString();
    const signature = `v0=${createHmac("sha256", secrets.slack).update(`v0:${timestamp}:${body}`).digest("hex")}`;
    const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature };
    expect((await post("/v1/chat/slack", body, headers)).status).toBe(200);
    expect(await phase()).toBe("Rejected");
    const [answer] = await inbox.received(1, ({ path }) => path === "/answer");
    expect(answer?.body).toContain("Rejected by slack:U1");
  });

  it("refuses a wrong signature, an old call, and a copy", async () => {
    const command = `approve ${key.namespace}/${key.name}`;
    expect((await sendSlack(command, { secret: "other" })).status).toBe(401);
    expect((await sendSlack(command, { ageS: 301 })).status).toBe(401);
    expect(await phase()).toBe("Pending");
    const { body, headers } = slack("help");
    expect((await post("/v1/chat/slack", body, headers)).status).toBe(200);
    expect((await post("/v1/chat/slack", body, headers)).status).toBe(401);
  });

  it("does not count who may not vote", async () => {
    expect((await sendSlack(`approve ${key.namespace}/${key.name}`, { user: "U2" })).text).toContain("may not vote");
    expect((await sendSlack("get deployments", { user: "U2" })).text).toContain("slack:U2 may not do that");
    expect(await phase()).toBe("Pending");
  });

  it.each(["", "help", "dance", "approve nobody/nothing", "rm approval x", "<@U9> help"])(
    "answers %j",
    async (text) => {
      const answer = await sendSlack(text);
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(/Commands:|there is no approval/);
    },
  );
});

describe("Mattermost", () => {
  it("approves by command and by button, and refuses a wrong token", async () => {
    const form = (token: string): string =>
      new URLSearchParams({ token, user_name: "jane", text: `approve ${key.namespace}/${key.name}` }).toString();
    expect((await post("/v1/chat/mattermost", form("no"))).status).toBe(401);
    const button = JSON.stringify({
      user_name: "jane",
      context: { token: secrets.mattermost, command: `reject ${key.namespace}/${key.name}` },
    });
    expect((await post("/v1/chat/mattermost", button, { "content-type": "application/json" })).status).toBe(200);
    expect(await phase()).toBe("Rejected");
    expect(
      (
        await post("/v1/chat/mattermost", form(secrets.mattermost), {
          "content-type": "application/x-www-form-urlencoded",
        })
      ).status,
    ).toBe(200);
    expect(await phase()).toBe("Approved");
  });
});

describe("Teams", () => {
  const send = (command: string, secret = secrets.teams, timestamp = new Date().toISOString()): Promise<Response> => {
    const body = JSON.stringify({ text: `<at>eddy</at>&nbsp;${command}`, from: { aadObjectId: "0A-1B" }, timestamp });
    const signature = createHmac("sha256", Buffer.from(secret, "base64")).update(body).digest("base64");
    return post("/v1/chat/teams", body, { authorization: `HMAC ${signature}` });
  };
  it("approves, and refuses a wrong signature and an old message", async () => {
    const command = `approve ${key.namespace}/${key.name}`;
    expect((await send(command, Buffer.from("other").toString("base64"))).status).toBe(401);
    expect((await send(command, secrets.teams, "2020-01-01T00:00:00Z")).status).toBe(401);
    expect(await phase()).toBe("Pending");
    expect((await send(command)).status).toBe(200);
    expect(await phase()).toBe("Approved");
  });
});

describe("signed links", () => {
  const link = (over: object = {}, secret = secrets.link): string =>
    `/v1/vote?token=${signLink({ ...key, uid, choice: "approve", voter: "slack", expiresMs: Date.now() + 60_000, ...over }, secret)}`;
  it("show what is voted on, and vote only when a person confirms", async () => {
    const page = await fetch(url + link());
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(page.headers.get("set-cookie")).toBeNull();
    expect(await page.text()).toContain("Approve this change?");
    expect(await phase()).toBe("Pending");
    const body = new URLSearchParams({ token: link().slice("/v1/vote?token=".length) }).toString();
    expect(await (await post("/v1/vote", body)).text()).toContain("approved by link:slack");
    expect(await phase()).toBe("Approved");
  });
  it.each<[string, object, string | undefined]>([
    ["signed by somebody else", {}, "other"],
    ["too old", { expiresMs: 1 }, undefined],
    ["of another approval", { uid: "other" }, undefined],
  ])("%s are refused", async (_, over, secret) => {
    const body = new URLSearchParams({ token: link(over, secret).slice("/v1/vote?token=".length) }).toString();
    expect([401, 404]).toContain((await post("/v1/vote", body)).status);
    expect((await post("/v1/vote", "token=%00.")).status).toBe(401);
    expect(await phase()).toBe("Pending");
  });
  it("are sent where votes are asked for, once", async () => {
    const matches = ({ body }: { body: string }): boolean => body.includes(`web${count - 1}:2`);
    await inbox.received(2, matches);
    await approvals.idle();
    const sent = inbox.messages().filter(matches);
    expect(sent.map(({ path }) => path).sort()).toEqual(["/generic", "/slack"]);
  });
});

describe("the HTTP API", () => {
  it("lists and votes as whose token it is", async () => {
    await bed.kube.create({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: `ann${count}`, namespace: bed.namespace },
    });
    const made = await bed.kube.raw("POST", `/api/v1/namespaces/${bed.namespace}/serviceaccounts/ann${count}/token`, {
      body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
      headers: { "content-type": "application/json" },
    });
    const token = String(valueAt(JSON.parse(made.body), "status", "token"));
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/v1/approvals`, { headers })).status).toBe(403);
    await allow(
      "slack:U1",
      "mattermost:jane",
      "teams:0a-1b",
      "link:slack",
      "link:generic",
      `system:serviceaccount:${bed.namespace}:ann${count}`,
    );
    const listed = (await (await fetch(`${url}/v1/approvals`, { headers })).json()) as {
      id: string;
      newVersion: string;
      status: string;
    }[];
    expect(listed.find(({ id }) => id === uid)).toMatchObject({ newVersion: "web=app:2", status: "pending" });
    const voted = await post(
      "/v1/approvals",
      JSON.stringify({ id: uid, action: "approve", voter: "somebody else" }),
      headers,
    );
    expect(await voted.json()).toMatchObject({
      status: "approved",
      message: `approved by system:serviceaccount:${bed.namespace}:ann${count}`,
    });
    expect((await post("/v1/approvals", JSON.stringify({ id: uid, action: "dance" }), headers)).status).toBe(400);
    expect((await post("/v1/approvals", JSON.stringify({ id: "none", action: "approve" }), headers)).status).toBe(404);
  });
  it.each([{}, { authorization: "Bearer nobody" }, { authorization: "Basic YTpi" }])(
    "refuses %j",
    async (headers: Record<string, string>) => {
      expect((await fetch(`${url}/v1/approvals`, { headers })).status).toBe(401);
    },
  );
});

describe("calls that are none", () => {
  it.each<[string, string, string, number]>([
    ["an unknown path", "/v2/webhooks/native", "{}", 404],
    ["an unknown format", "/v1/webhooks/nobody", "{}", 404],
    ["an unknown chat", "/v1/chat/hipchat", "{}", 404],
    ["no JSON", "/v1/webhooks/native", "x", 400],
    ["more than 1 MiB", "/v1/webhooks/native", "x".repeat(1_100_000), 413],
    ["more than 1 MiB for a chat", "/v1/chat/slack", "x".repeat(1_100_000), 413],
    ["a good one", "/v1/webhooks/native", '{"name":"a/b","tag":"1"}', 200],
  ])("%s", async (_, path, body, status) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe("");
  });
  it("a webhook by GET", async () => expect((await fetch(`${url}/v1/webhooks/native`)).status).toBe(405));
});
