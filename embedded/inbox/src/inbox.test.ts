import { afterAll, describe, expect, it } from "vitest";
import { showMessage, startInbox, type Inbox } from "./index.ts";

const started: Inbox[] = [];
afterAll(() => Promise.all(started.map((inbox) => inbox.stop())));

async function inboxOf(options: Parameters<typeof startInbox>[0] = {}): Promise<Inbox> {
  const inbox = await startInbox(options);
  started.push(inbox);
  return inbox;
}

describe("startInbox()", () => {
  it("catches every request with its headers and body, and answers as a service that is content", async () => {
    const inbox = await inboxOf();
    const response = await fetch(`${inbox.url}/hook?x=1`, {
      method: "POST",
      headers: { "x-kind": "test" },
      body: "{}",
    });
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    const [message] = await inbox.received(1);
    expect(message).toMatchObject({ number: 1, method: "POST", path: "/hook?x=1", body: "{}" });
    expect(message?.headers["x-kind"]).toBe("test");
  });

  it("answers as it is told", async () => {
    const inbox = await inboxOf({ answer: ({ path }) => (path === "/no" ? { status: 503, body: "down" } : undefined) });
    const refused = await fetch(`${inbox.url}/no`, { method: "POST" });
    expect([refused.status, await refused.text()]).toEqual([503, "down"]);
    expect(await (await fetch(`${inbox.url}/statuses`)).json()).toEqual([]);
  });

  it("waits for messages that match", async () => {
    const inbox = await inboxOf();
    const waiting = inbox.received(1, ({ path }) => path === "/second");
    await fetch(`${inbox.url}/first`, { method: "POST" });
    await fetch(`${inbox.url}/second`, { method: "POST" });
    expect((await waiting).map(({ path }) => path)).toEqual(["/second"]);
    inbox.clear();
    expect(inbox.messages()).toEqual([]);
  });

  it("lists what it caught, newest first, without credentials", async () => {
    const inbox = await inboxOf();
    await fetch(`${inbox.url}/bot123:abc/send?token=t`, { method: "POST", headers: { authorization: "Bearer t" } });
    await fetch(`${inbox.url}/b`, { method: "PUT", body: '{"text":"hello"}' });
    const list = (await (await fetch(`${inbox.url}/messages`)).json()) as unknown[];
    expect(list).toMatchObject([
      { number: 2, method: "PUT", path: "/b", body: { text: "hello" } },
      { number: 1, path: "/bot***/send?token=***", headers: { authorization: "***" }, body: "" },
    ]);
  });

  it("refuses what is too large, and keeps nothing of it", async () => {
    const inbox = await inboxOf();
    const response = await fetch(`${inbox.url}/a`, { method: "POST", body: "x".repeat(4 * 1024 * 1024 + 1) });
    expect([response.status, inbox.messages()]).toEqual([413, []]);
  });
});

describe("the page", () => {
  const event = {
    involvedObject: { kind: "Kustomization", namespace: "apps", name: "web" },
    severity: "error",
    reason: "BuildFailed",
    message: "<script>alert(1)</script> & more",
  };

  it("tells of events in words, and of everything else what was asked, with nothing that a browser would run", async () => {
    const inbox = await inboxOf();
    await fetch(`${inbox.url}/events`, { method: "POST", body: JSON.stringify(event) });
    await fetch(`${inbox.url}/<b>`, { method: "PUT", body: "<i>text</i>" });
    const response = await fetch(inbox.url);
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).toContain(
      "Kustomization/apps/web  BuildFailed</h2>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</p>",
    );
    expect(page).toContain("<pre>&lt;i&gt;text&lt;/i&gt;</pre>");
    expect(page.indexOf("PUT")).toBeLessThan(page.indexOf("BuildFailed"));
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(inbox.messages()).toHaveLength(2);
  });

  it("says that nothing came yet, and hears of what comes", async () => {
    const inbox = await inboxOf();
    expect(await (await fetch(inbox.url)).text()).toContain("Nothing yet");
    const following = await fetch(`${inbox.url}/follow`);
    const reader = following.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain("retry");
    await fetch(`${inbox.url}/events`, { method: "POST", body: JSON.stringify(event) });
    expect((await reader?.read())?.value).toBe("data: new\n\n");
    expect(await (await fetch(`${inbox.url}/fragment`)).text()).toContain('<article class="error">');
  });
});

describe("showMessage()", () => {
  it.each(["authorization", "x-gitlab-token", "dd-api-key", "x-signature", "cookie"])("hides %s", (name) => {
    const headers = { [name]: "s3cret", accept: "*/*" };
    const shown = showMessage({ number: 1, atMs: 0, method: "POST", path: "/", headers, body: "" });
    expect(shown.headers).toEqual({ [name]: "***", accept: "*/*" });
  });
});
