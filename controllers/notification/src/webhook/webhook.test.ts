import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { request as httpRequest, type ClientRequest } from "node:http";
import type { ReceiverSpec } from "@eddy/api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startNotificationBed, type NotificationBed } from "../testing/notification-bed.ts";

const token = "0123456789abcdef0123456789abcdef";
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
let bed: NotificationBed;

beforeAll(async () => {
  bed = await startNotificationBed({
    answer: ({ path }) => {
      if (path === "/.well-known/openid-configuration")
        return { body: { issuer: bed.inbox.url, jwks_uri: `${bed.inbox.url}/keys` } };
      if (path !== "/keys") return undefined;
      return { body: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "ES256" }] } };
    },
  });
});
afterAll(() => bed.stop());
beforeEach(async () => {
  await bed.enterNamespace();
  await bed.createSecret("token", { token });
  await bed.createRepository("app");
});

const app = [{ kind: "GitRepository" as const, name: "app" }];

async function hookOf(spec: Partial<ReceiverSpec>): Promise<string> {
  const receiver = await bed.createReceiver("hook", {
    type: "generic",
    secretRef: { name: "token" },
    resources: app,
    ...spec,
  });
  return `${bed.webhooksUrl}${receiver.status?.webhookPath}`;
}

async function call(url: string, body: string | Buffer = "", headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(url, { method: "POST", headers, body })).status;
}

const hmac = (algorithm: string, body: string, key: string = token): string =>
  createHmac(algorithm, key).update(body).digest("hex");
const json = { "content-type": "application/json" };
const push = '{"ref":"refs/heads/main"}';

interface Case {
  type: ReceiverSpec["type"];
  name: string;
  events?: string[];
  headers?: Record<string, string>;
  body?: string;
  status: number;
}

const github = { ...json, "x-github-event": "push" };
const cdevent = JSON.stringify({
  context: {
    version: "0.4.1",
    id: "1",
    source: "/ci",
    type: "dev.cdevents.change.merged.0.2.0",
    timestamp: "2026-11-21T12:00:00Z",
  },
  subject: { id: "c1", source: "/ci", type: "change", content: {} },
});
const cases: Case[] = [
  { type: "generic", name: "whoever knows the path", status: 200 },
  { type: "generic", name: "whatever the body says that it is", body: "{", headers: json, status: 200 },
  {
    type: "generic-hmac",
    name: "sha256",
    body: push,
    headers: { "x-signature": `sha256=${hmac("sha256", push)}` },
    status: 200,
  },
  {
    type: "generic-hmac",
    name: "sha1",
    body: push,
    headers: { "x-signature": `sha1=${hmac("sha1", push)}` },
    status: 200,
  },
  {
    type: "generic-hmac",
    name: "sha512",
    body: push,
    headers: { "x-signature": `sha512=${hmac("sha512", push)}` },
    status: 200,
  },
  { type: "generic-hmac", name: "no signature", body: push, status: 400 },
  {
    type: "generic-hmac",
    name: "md5",
    body: push,
    headers: { "x-signature": `md5=${hmac("md5", push)}` },
    status: 400,
  },
  {
    type: "generic-hmac",
    name: "no algorithm",
    body: push,
    headers: { "x-signature": hmac("sha256", push) },
    status: 400,
  },
  {
    type: "generic-hmac",
    name: "another key",
    body: push,
    headers: { "x-signature": `sha256=${hmac("sha256", push, "other")}` },
    status: 400,
  },
  {
    type: "generic-hmac",
    name: "another body",
    body: `${push} `,
    headers: { "x-signature": `sha256=${hmac("sha256", push)}` },
    status: 400,
  },
  {
    type: "generic-hmac",
    name: "half a signature",
    body: push,
    headers: { "x-signature": `sha256=${hmac("sha256", push).slice(0, 32)}` },
    status: 400,
  },
  {
    type: "github",
    name: "a push",
    events: ["Push"],
    body: push,
    headers: { ...github, "x-hub-signature-256": `sha256=${hmac("sha256", push)}` },
    status: 200,
  },
  {
    type: "github",
    name: "the older header",
    body: push,
    headers: { ...github, "x-hub-signature": `sha1=${hmac("sha1", push)}` },
    status: 200,
  },
  {
    type: "github",
    name: "another event",
    events: ["push"],
    body: push,
    headers: { ...github, "x-github-event": "issues", "x-hub-signature-256": `sha256=${hmac("sha256", push)}` },
    status: 400,
  },
  {
    type: "github",
    name: "forged",
    body: push,
    headers: { ...github, "x-hub-signature-256": `sha256=${hmac("sha256", push, "x")}` },
    status: 400,
  },
  { type: "github", name: "no signature", body: push, headers: github, status: 400 },
  {
    type: "github",
    name: "a form",
    body: new URLSearchParams({ payload: push }).toString(),
    headers: {
      ...github,
      "content-type": "application/x-www-form-urlencoded",
      "x-hub-signature-256": `sha256=${hmac("sha256", new URLSearchParams({ payload: push }).toString())}`,
    },
    status: 200,
  },
  {
    type: "github",
    name: "another content type",
    body: push,
    headers: { ...github, "content-type": "text/plain", "x-hub-signature-256": `sha256=${hmac("sha256", push)}` },
    status: 400,
  },
  {
    type: "gitlab",
    name: "the token",
    events: ["Push Hook"],
    body: push,
    headers: { ...json, "x-gitlab-token": token, "x-gitlab-event": "push hook" },
    status: 200,
  },
  {
    type: "gitlab",
    name: "another token",
    body: push,
    headers: { ...json, "x-gitlab-token": `${token}0` },
    status: 400,
  },
  { type: "gitlab", name: "no token", body: push, headers: json, status: 400 },
  {
    type: "gitlab",
    name: "another event",
    events: ["Push Hook"],
    body: push,
    headers: { "x-gitlab-token": token, "x-gitlab-event": "Tag" },
    status: 400,
  },
  {
    type: "bitbucket",
    name: "a push",
    events: ["repo:refs_changed"],
    body: push,
    headers: { ...json, "x-event-key": "repo:refs_changed", "x-hub-signature": `sha256=${hmac("sha256", push)}` },
    status: 200,
  },
  {
    type: "bitbucket",
    name: "forged",
    body: push,
    headers: { ...json, "x-hub-signature": `sha256=${hmac("sha256", "x")}` },
    status: 400,
  },
  { type: "harbor", name: "the token", headers: { authorization: token }, status: 200 },
  { type: "harbor", name: "as a bearer", headers: { authorization: `Bearer ${token}` }, status: 400 },
  { type: "dockerhub", name: "a push", body: '{"push_data":{"tag":"1"},"repository":{"repo_url":"u"}}', status: 200 },
  { type: "dockerhub", name: "another shape", body: '{"push_data":"1"}', status: 400 },
  { type: "dockerhub", name: "no JSON", body: "{", status: 400 },
  { type: "quay", name: "a push", body: '{"docker_url":"u","updated_tags":["1"]}', status: 200 },
  { type: "quay", name: "another shape", body: '{"docker_url":1}', status: 400 },
  { type: "acr", name: "a push", body: '{"action":"push","target":{"repository":"r","tag":"1"}}', status: 200 },
  { type: "acr", name: "an array", body: "[]", status: 400 },
  {
    type: "nexus",
    name: "signed",
    body: '{"action":"UPDATED"}',
    headers: { "x-nexus-webhook-signature": hmac("sha1", '{"action":"UPDATED"}') },
    status: 200,
  },
  { type: "nexus", name: "not signed", body: "{}", status: 400 },
  {
    type: "nexus",
    name: "signed, but no object",
    body: "1",
    headers: { "x-nexus-webhook-signature": hmac("sha1", "1") },
    status: 400,
  },
  {
    type: "gcr",
    name: "a Secret without an email",
    body: "{}",
    headers: { authorization: "Bearer x.y.z" },
    status: 400,
  },
  {
    type: "cdevents",
    name: "an event",
    body: cdevent,
    headers: { "ce-type": "dev.cdevents.change.merged.0.2.0" },
    status: 200,
  },
  { type: "cdevents", name: "an event of none", body: "{}", headers: { "ce-type": "x" }, status: 400 },
  {
    type: "cdevents",
    name: "another event",
    events: ["other"],
    body: cdevent,
    headers: { "ce-type": "dev.cdevents.change.merged.0.2.0" },
    status: 400,
  },
];

describe("a call proves itself", () => {
  it.each(cases)("$type: $name is $status", async ({ type, events, headers, body, status }) => {
    const url = await hookOf({ type, ...(events ? { events } : {}) });
    expect(await call(url, body, headers)).toBe(status);
    expect((await bed.requestedAt("app")) !== undefined).toBe(status === 200);
  });
});

function jwt(
  claims: object,
  header: object = { alg: "ES256", kid: "k1" },
  key: typeof privateKey = privateKey,
): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

describe("generic-oidc", () => {
  const seconds = (): number => Math.floor(Date.now() / 1_000);
  const claims = (change: object = {}): object => ({
    iss: bed.inbox.url,
    aud: "notification-controller",
    exp: seconds() + 300,
    sub: "repo:acme/app",
    ...change,
  });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const none = (): string =>
    `${["eyJhbGciOiJub25lIn0", Buffer.from(JSON.stringify(claims())).toString("base64url")].join(".")}.`;
  it.each<[string, () => string, number]>([
    ["a token of the issuer", () => `Bearer ${jwt(claims())}`, 200],
    ["one of several audiences", () => `Bearer ${jwt(claims({ aud: ["a", "notification-controller"] }))}`, 200],
    ["no token", () => "", 400],
    ["no bearer", () => jwt(claims()), 400],
    ["nonsense", () => "Bearer a.b.c", 400],
    ["a key of somebody else", () => `Bearer ${jwt(claims(), undefined, other)}`, 400],
    ["an algorithm for another key", () => `Bearer ${jwt(claims(), { alg: "RS256", kid: "k1" })}`, 400],
    ["a shared secret", () => `Bearer ${jwt(claims(), { alg: "HS256", kid: "k1" })}`, 400],
    ["no algorithm", () => `Bearer ${none()}`, 400],
    ["another audience", () => `Bearer ${jwt(claims({ aud: "other" }))}`, 400],
    ["another issuer", () => `Bearer ${jwt(claims({ iss: "https://evil.example.com" }))}`, 400],
    ["an old one", () => `Bearer ${jwt(claims({ exp: seconds() - 1 }))}`, 400],
    ["one without an end", () => `Bearer ${jwt(claims({ exp: undefined }))}`, 400],
    ["one of the future", () => `Bearer ${jwt(claims({ nbf: seconds() + 600 }))}`, 400],
    ["claims that the expressions do not accept", () => `Bearer ${jwt(claims({ sub: "repo:evil/app" }))}`, 400],
    ["claims that the expressions cannot read", () => `Bearer ${jwt(claims({ sub: undefined }))}`, 400],
  ])("%s", async (_name, authorization, status) => {
    const receiver = await bed.createReceiver("hook", {
      type: "generic-oidc",
      resources: app,
      oidcProviders: [
        {
          issuerURL: bed.inbox.url,
          variables: [{ name: "owner", expression: "claims.sub.split('/')[0]" }],
          validations: [{ expression: "vars.owner == 'repo:acme'", message: "another owner" }],
        },
      ],
    });
    const url = `${bed.webhooksUrl}${receiver.status?.webhookPath}`;
    expect(await call(url, "", { authorization: authorization() })).toBe(status);
    expect((await bed.requestedAt("app")) !== undefined).toBe(status === 200);
  });
});

describe("the trace of a call", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  it.each([
    [traceparent, true],
    ["00-none-of-these-01", false],
  ])("%s goes on with the pass that it asks for: %s", async (header, isKept) => {
    expect(await call(await hookOf({}), "{}", { traceparent: header })).toBe(200);
    const at = await bed.requestedAt("app");
    const ref = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: bed.namespace, name: "app" };
    const { annotations } = (await bed.kube.get(ref)).metadata;
    expect(annotations?.["eddy.sh/traceparent"]).toBe(isKept ? `${traceparent} ${at}` : undefined);
  });
});

describe("what is answered", () => {
  it("404 to a path that is nobody's", async () => {
    const url = await hookOf({});
    const status = [];
    for (const at of [`${url}0`, `${url}?a=1`, `${bed.webhooksUrl}/`, `${bed.webhooksUrl}/hook/`])
      status.push(await call(at));
    expect(status).toEqual([404, 404, 404, 404]);
  });

  it("413 beyond 3 MiB", async () => {
    expect(await call(await hookOf({}), "x".repeat(3 * 1024 * 1024 + 1))).toBe(413);
    expect(await bed.requestedAt("app")).toBeUndefined();
  });

  it("503 while it is suspended, and again 200", async () => {
    const url = await hookOf({});
    const ref = { group: "notification.toolkit.fluxcd.io", kind: "Receiver", namespace: bed.namespace, name: "hook" };
    await bed.kube.patch(ref, "merge", { spec: { suspend: true } } as never);
    await bed.untilReceiver("hook", ({ spec }) => spec.suspend === true);
    await expect.poll(() => call(url)).toBe(503);
    await bed.kube.patch(ref, "merge", { spec: { suspend: false } } as never);
    await expect.poll(() => call(url)).toBe(200);
  });

  it("500 when an object is not there; the others are asked all the same", async () => {
    const resources = [{ kind: "GitRepository" as const, name: "gone" }, ...app];
    expect(await call(await hookOf({ resources }))).toBe(500);
    expect(await bed.requestedAt("app")).toBeDefined();
  });

  it("500 when a kind has no version and none is given", async () => {
    expect(await call(await hookOf({ resources: [{ kind: "Kustomization", name: "app" }] }))).toBe(500);
  });

  it("500 when a filter wants a body that is none; nothing is asked", async () => {
    const url = await hookOf({ resourceFilter: "req.ref == 'x'" });
    expect(await call(url, "{", json)).toBe(500);
    expect(await bed.requestedAt("app")).toBeUndefined();
  });
});

describe("a flood", () => {
  it("of forged calls asks no object and keeps no honest call from its answer", async () => {
    const url = await hookOf({ type: "generic-hmac" });
    const signed = { ...json, "x-signature": `sha256=${hmac("sha256", push)}` };
    const forged = { ...json, "x-signature": `sha256=${hmac("sha256", push, "another")}` };
    const calls = Array.from({ length: 300 }, (_, index) => {
      if (index % 3 === 0) return call(`${url}${index}`, push, signed);
      return call(url, push, forged);
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([400, 404]));
    expect(await bed.requestedAt("app")).toBeUndefined();
    const [honest] = await Promise.all([
      call(url, push, signed),
      ...Array.from({ length: 100 }, () => call(url, push, forged)),
    ]);
    expect(honest).toBe(200);
    expect(await bed.requestedAt("app")).toBeDefined();
  });
});

describe("a body", () => {
  /** A signed call that has sent all but the end of its body. */
  async function begin(url: string): Promise<{ request: ClientRequest; status: Promise<number | undefined> }> {
    const headers = { ...json, "x-signature": `sha256=${hmac("sha256", push)}`, "content-length": push.length };
    const request = httpRequest(url, { method: "POST", headers, agent: false });
    const answer = Promise.withResolvers<number | undefined>();
    request.once("response", ({ statusCode }) => answer.resolve(statusCode));
    request.once("error", () => answer.resolve(undefined));
    await new Promise<void>((resolve) => request.write(push.slice(0, 5), () => resolve()));
    return { request, status: answer.promise };
  }

  it("may come late, of many at once", async () => {
    const url = await hookOf({ type: "generic-hmac" });
    const calls = await Promise.all(Array.from({ length: 20 }, () => begin(url)));
    for (const { request } of calls) request.end(push.slice(5));
    expect(new Set(await Promise.all(calls.map(({ status }) => status)))).toEqual(new Set([200]));
  });

  it("that never ends is nobody's call, and others go on", async () => {
    const url = await hookOf({ type: "generic-hmac" });
    const calls = await Promise.all(Array.from({ length: 20 }, () => begin(url)));
    for (const { request } of calls) request.destroy();
    expect(new Set(await Promise.all(calls.map(({ status }) => status)))).toEqual(new Set([undefined]));
    expect(await bed.requestedAt("app")).toBeUndefined();
    const { request, status } = await begin(url);
    request.end(push.slice(5));
    expect(await status).toBe(200);
  });

  it("that is too large ends its connection", async () => {
    const answer = await fetch(await hookOf({}), { method: "POST", body: "x".repeat(3 * 1024 * 1024 + 1) });
    expect([answer.status, answer.headers.get("connection")]).toEqual([413, "close"]);
  });
});

describe("filters", () => {
  it.each<[string, string, string, boolean]>([
    ["by the object", "res.metadata.name == 'app'", push, true],
    ["by another object", "res.metadata.name == 'other'", push, false],
    ["by the body", "req.ref == 'refs/heads/main'", push, true],
    ["by another body", "req.ref == 'refs/heads/dev'", push, false],
  ])("%s", async (_name, resourceFilter, body, asked) => {
    expect(await call(await hookOf({ resourceFilter }), body, json)).toBe(200);
    expect((await bed.requestedAt("app")) !== undefined).toBe(asked);
  });

  it("both must accept", async () => {
    const resources = [{ ...app[0], kind: "GitRepository" as const, name: "app", filter: "req.ref == 'no'" }];
    expect(await call(await hookOf({ resourceFilter: "true", resources }), push, json)).toBe(200);
    expect(await bed.requestedAt("app")).toBeUndefined();
  });

  it.each([
    ["that is none", "res.(", "failed to parse the CEL expression 'res.(': "],
    ["of another type", "'a' + req.b", "CEL expression output type mismatch: expected bool, got string"],
    ["of a list", "[1]", "CEL expression output type mismatch: expected bool, got list(int)"],
  ])("an expression %s stalls the receiver", async (_, resourceFilter, want) => {
    const spec = { type: "generic" as const, secretRef: { name: "token" }, resources: app, resourceFilter };
    const { status } = await bed.createReceiver("hook", spec);
    const seen = (status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is}/${reason}`);
    expect(seen).toEqual(["Stalled=True/InvalidCELExpression", "Ready=False/InvalidCELExpression"]);
    const prefix = "Reconciliation failed terminally due to configuration error: invalid resourceFilter expression: ";
    expect(status?.conditions?.[1]?.message).toContain(`${prefix}${want}`);
    expect(status?.webhookPath).toBeUndefined();
  });

  it("an expression whose type only a request tells is taken", async () => {
    expect(await call(await hookOf({ resourceFilter: "req.wanted", resources: app }), '{"wanted":true}', json)).toBe(
      200,
    );
    expect(await bed.requestedAt("app")).toBeDefined();
  });

  it("all objects with labels", async () => {
    await bed.createRepository("one", { team: "a" });
    await bed.createRepository("two", { team: "b" });
    const resources = [{ kind: "GitRepository" as const, name: "*", matchLabels: { team: "a" } }];
    expect(await call(await hookOf({ resources }))).toBe(200);
    const asked = await Promise.all(["app", "one", "two"].map((name) => bed.requestedAt(name)));
    expect(asked.map((at) => at !== undefined)).toEqual([false, true, false]);
  });
});

describe("a receiver", () => {
  it("has the path of its token, name and namespace", async () => {
    const url = await hookOf({});
    const { createHash } = await import("node:crypto");
    const want = createHash("sha256").update(`${token}hook${bed.namespace}`).digest("hex");
    expect(url).toBe(`${bed.webhooksUrl}/hook/${want}`);
  });

  it("gets another path with another token, and the old one is nobody's", async () => {
    const url = await hookOf({});
    const before = new URL(url).pathname;
    const ref = { group: "", kind: "Secret", namespace: bed.namespace, name: "token" };
    await bed.kube.patch(ref, "merge", { stringData: { token: "another" } } as never);
    await bed.untilReceiver("hook", ({ status }) => status?.webhookPath !== before);
    await expect.poll(() => call(url)).toBe(404);
  });

  it("without its Secret says so, and becomes ready when it comes", async () => {
    const receiver = await bed.createReceiver("late", { type: "generic", secretRef: { name: "late" }, resources: app });
    const ready = receiver.status?.conditions?.find(({ type }) => type === "Ready");
    expect([ready?.reason, receiver.status?.webhookPath]).toEqual(["TokenNotFound", undefined]);
    expect(ready?.message).toBe(
      `unable to read token from secret '${bed.namespace}/late' error: secrets "late" not found`,
    );
    const reconciling = receiver.status?.conditions?.find(({ type }) => type === "Reconciling");
    expect([reconciling?.reason, reconciling?.message]).toEqual(["ProgressingWithRetry", "Reconciliation in progress"]);
    await bed.createSecret("late", { token });
    await bed.untilReceiver("late", ({ status }) => status?.webhookPath !== undefined);
  });
});
