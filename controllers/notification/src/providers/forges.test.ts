import type { ProviderSpec } from "@eddy/api";
import { describe, expect, it } from "vitest";
import type { FluxEvent } from "../event/flux-event.ts";
import { commitOf } from "../provider/commit-of.ts";
import { parseRepositoryAddress } from "../provider/repository-address.ts";
import { fakePorts, type FakeAnswer, type SentRequest } from "../testing/fake-http.ts";
import { sampleError, sampleEvent, sampleSettings } from "../testing/samples.ts";
import { providers } from "./registry.ts";

type Type = ProviderSpec["type"];
const sha = "8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c8e1f9d0c";
const context = "kustomization/webapp/0f0e0d0c";

async function send(
  type: Type,
  event: FluxEvent,
  spec: Partial<ProviderSpec>,
  secret: Record<string, string>,
  answer?: (request: SentRequest) => FakeAnswer | undefined,
): Promise<SentRequest[]> {
  const { ports, sent } = fakePorts(answer ?? (({ method }) => (method === "GET" ? { body: [] } : undefined)));
  const definition = await providers[type]?.();
  await definition?.send(event, sampleSettings(type, spec, secret), ports);
  return sent;
}

const calls = (sent: SentRequest[]): string[] => sent.map(({ method, url }) => `${method} ${url}`);

interface Case {
  type: Type;
  address: string;
  secret?: Record<string, string>;
  authorization: [string, string];
  calls: [string, string];
  /** What is posted for an error. */
  body: object;
  /** What the forge says when it knows it already, and when it knows something else. */
  known: unknown;
  other: unknown;
}

const cases: Case[] = [
  {
    type: "github",
    address: "https://github.com/acme/app.git",
    authorization: ["authorization", "Bearer t"],
    calls: [
      `GET https://api.github.com/repos/acme/app/commits/${sha}/statuses?per_page=50`,
      `POST https://api.github.com/repos/acme/app/statuses/${sha}`,
    ],
    body: { state: "failure", description: "health check failed", context },
    known: [
      { context: "x", state: "success", description: "" },
      { context, state: "failure", description: "health check failed" },
    ],
    other: [
      { context, state: "success", description: "reconciliation succeeded" },
      { context, state: "failure", description: "health check failed" },
    ],
  },
  {
    type: "github",
    address: "ssh://git@git.example.com:22/acme/app",
    authorization: ["authorization", "Bearer t"],
    calls: [
      `GET https://git.example.com:22/api/v3/repos/acme/app/commits/${sha}/statuses?per_page=50`,
      `POST https://git.example.com:22/api/v3/repos/acme/app/statuses/${sha}`,
    ],
    body: { state: "failure", description: "health check failed", context },
    known: [{ context, state: "failure", description: "health check failed" }],
    other: [],
  },
  {
    type: "gitlab",
    address: "git@gitlab.com:acme/team/app.git",
    authorization: ["private-token", "t"],
    calls: [
      `GET https://gitlab.com/api/v4/projects/acme%2Fteam%2Fapp/repository/commits/${sha}/statuses?name=${encodeURIComponent(context)}`,
      `POST https://gitlab.com/api/v4/projects/acme%2Fteam%2Fapp/statuses/${sha}`,
    ],
    body: { state: "failed", name: context, description: "health check failed" },
    known: [{ sha, name: context, status: "failed", description: "health check failed" }],
    other: [{ sha, name: context, status: "success", description: "health check failed" }],
  },
  {
    type: "gitea",
    address: "https://gitea.example.com/acme/app",
    authorization: ["authorization", "token t"],
    calls: [
      `GET https://gitea.example.com/api/v1/repos/acme/app/commits/${sha}/statuses?limit=50&page=1`,
      `POST https://gitea.example.com/api/v1/repos/acme/app/statuses/${sha}`,
    ],
    body: { state: "failure", target_url: "", description: "health check failed", context },
    known: [{ context, status: "failure", description: "health check failed" }],
    other: [{ context, status: "pending", description: "progressing" }],
  },
  {
    type: "bitbucketserver",
    address: "https://bb.example.com/ctx/scm/acme/app.git",
    authorization: ["authorization", "Bearer t"],
    calls: [
      `GET https://bb.example.com/ctx/rest/api/latest/projects/acme/repos/app/commits/${sha}/builds?key=KEY`,
      `POST https://bb.example.com/ctx/rest/api/latest/projects/acme/repos/app/commits/${sha}/builds`,
    ],
    body: {
      description: "health check failed",
      key: "KEY",
      name: "kustomization/webapp [health check failed]",
      state: "FAILED",
      url: "https://bb.example.com/ctx/scm/acme/app.git",
    },
    known: {
      key: "KEY",
      state: "FAILED",
      name: "kustomization/webapp [health check failed]",
      description: "health check failed",
    },
    other: { key: "KEY", state: "SUCCESSFUL" },
  },
  {
    type: "bitbucket",
    address: "https://bitbucket.org/acme/app",
    secret: { token: "user:pass" },
    authorization: ["authorization", `Basic ${Buffer.from("user:pass").toString("base64")}`],
    calls: [
      `GET https://api.bitbucket.org/2.0/repositories/acme/app/commit/${sha}/statuses/build/KEY`,
      `POST https://api.bitbucket.org/2.0/repositories/acme/app/commit/${sha}/statuses/build`,
    ],
    body: {
      state: "FAILED",
      key: "KEY",
      name: "kustomization/webapp",
      url: "https://bitbucket.org",
      description: "health check failed",
    },
    known: { state: "FAILED", description: "health check failed" },
    other: { state: "SUCCESSFUL", description: "health check failed" },
  },
  {
    type: "azuredevops",
    address: "https://dev.azure.com/org/project/_git/app",
    authorization: ["authorization", `Basic ${Buffer.from(":t").toString("base64")}`],
    calls: [
      `GET https://dev.azure.com/org/project/_apis/git/repositories/app/commits/${sha}/statuses?api-version=6.0`,
      `POST https://dev.azure.com/org/project/_apis/git/repositories/app/commits/${sha}/statuses?api-version=6.0`,
    ],
    body: { context: { genre: "fluxcd", name: context }, description: "health check failed", state: "error" },
    known: {
      value: [{ context: { genre: "fluxcd", name: context }, state: "error", description: "health check failed" }],
    },
    other: {
      value: [{ context: { genre: "fluxcd", name: context }, state: "succeeded", description: "health check failed" }],
    },
  },
];

describe("a commit's status", () => {
  /** The key is a digest of the context: its place in the tables is `KEY`. */
  const withKey = async <T>(value: T): Promise<T> => {
    const { buildKey } = await import("./bitbucket.ts");
    return JSON.parse(JSON.stringify(value).replaceAll("KEY", buildKey(context))) as T;
  };

  it.each(cases)("$type at $address: posted once", async ({ type, address, secret, ...want }) => {
    const { authorization, body, known, other, ...rest } = await withKey({ ...want });
    const list =
      (answer: unknown) =>
      ({ method }: SentRequest): FakeAnswer | undefined =>
        method === "GET" ? { body: answer } : undefined;
    const given = secret ?? { token: "t" };
    const posted = await send(type, sampleError(), { address }, given, list(other));
    expect(calls(posted)).toEqual(rest.calls);
    expect(posted[1]?.body).toEqual(body);
    expect(posted.map(({ headers }) => headers[authorization[0]])).toEqual([authorization[1], authorization[1]]);
    expect(calls(await send(type, sampleError(), { address }, given, list(known)))).toEqual(rest.calls.slice(0, 1));
  });

  it.each(cases)("$type at $address: progress", async ({ type, address, secret }) => {
    const sent = await send(type, sampleEvent({ reason: "Progressing" }), { address }, secret ?? { token: "t" });
    expect(sent.map(({ body }) => body)).toEqual(
      type === "gitea" ? [undefined, { state: "pending", target_url: "", description: "progressing", context }] : [],
    );
  });

  it.each(cases)("$type at $address: what the forge says is said", async ({ type, address, secret }) => {
    const refuse = (): FakeAnswer => ({ status: 401, body: "bad credentials" });
    await expect(send(type, sampleError(), { address }, secret ?? { token: "t" }, refuse)).rejects.toThrow(
      "request failed with status code 401: bad credentials",
    );
  });

  it.each(cases.filter(({ type }) => type !== "azuredevops"))("$type at $address: no credentials", async (each) => {
    const { type, address } = each;
    await expect(send(type, sampleError(), { address }, {})).rejects.toThrow(/token|credentials/);
  });

  it("azuredevops without a token logs in as a workload", async () => {
    const [first] = await send("azuredevops", sampleError(), { address: cases.at(-1)?.address ?? "" }, {});
    expect(first?.headers["authorization"]).toContain("Bearer azure-token:");
  });

  it("github by an app", async () => {
    const secret = { githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: "pem" };
    const [first] = await send("github", sampleError(), { address: "https://github.com/acme/app" }, secret);
    expect(first?.headers["authorization"]).toContain("Bearer gitHubApp-token:");
  });
});

describe("commitOf()", () => {
  it.each<Record<string, string>>([
    { revision: `main@sha1:${sha}` },
    { revision: `environment/dev@sha1:${sha}` },
    { revision: `sha1:${sha}` },
    { revision: `master/${sha}` },
    { revision: `environment/dev/${sha}` },
    { revision: "1.0.0", originRevision: `main@sha1:${sha}` },
    { commit: sha, originRevision: "x", revision: "y" },
  ])("%j", (metadata) => expect(commitOf(sampleEvent({ metadata }))).toBe(sha));

  it.each<[Record<string, string>, string]>([
    [{ revision: "master" }, "failed to extract commit hash from 'master' revision"],
    [{ revision: "" }, "failed to extract commit hash from '' revision"],
    [{}, "missing revision metadata"],
  ])("%j has none", (metadata, message) => {
    expect(() => commitOf(sampleEvent({ metadata }))).toThrow(message);
  });
});

describe("parseRepositoryAddress()", () => {
  it.each([
    ["https://github.com/acme/app.git", "https://github.com", "acme/app"],
    ["http://127.0.0.1:3000/acme/app", "http://127.0.0.1:3000", "acme/app"],
    ["ssh://git@github.com/acme/app.git", "https://github.com", "acme/app"],
    ["git@github.com:acme/app.git", "https://github.com", "acme/app"],
    ["https://user:pass@github.com/acme/app", "https://github.com", "acme/app"],
  ])("%s", (address, host, id) => expect(parseRepositoryAddress(address)).toEqual({ host, id }));

  it.each(["", "file:///etc/passwd", "acme/app", "javascript:alert(1)//"])("%j is none", (address) => {
    expect(() => {
      const { id } = parseRepositoryAddress(address);
      if (id.split("/").length !== 2) throw new Error("invalid repository id");
    }).toThrow(/repository/);
  });

  it.each(["https://github.com/acme", "https://github.com/acme/app/more", "https://github.com//app"])(
    "%s is no repository of GitHub's",
    async (address) => {
      await expect(send("github", sampleError(), { address }, { token: "t" })).rejects.toThrow("invalid repository id");
    },
  );
});

describe("a comment", () => {
  const event = sampleEvent({ metadata: { change_request: "7", revision: "r" } });
  const marker = (name: string): string =>
    `<!-- ${name}:0f0e0d0c-0000-4000-8000-000000000002/Kustomization/apps/webapp -->`;
  const text = `## Flux Status\n\nℹ️ Kustomization/apps/webapp\n\n${event.message}\n\nMetadata:\n* \`revision\`: r\n`;
  const forges: [Type, string, string, string, string, (name: string, body: string) => object, object][] = [
    [
      "githubpullrequestcomment",
      "https://github.com/acme/app",
      "https://api.github.com/repos/acme/app/issues/7/comments",
      "PATCH https://api.github.com/repos/acme/app/issues/comments/5",
      "flux-pr-comment-key",
      (login, body) => ({ id: 5, user: { login }, body }),
      { login: "me" },
    ],
    [
      "gitlabmergerequestcomment",
      "https://gitlab.com/acme/app",
      "https://gitlab.com/api/v4/projects/acme%2Fapp/merge_requests/7/notes",
      "PUT https://gitlab.com/api/v4/projects/acme%2Fapp/merge_requests/7/notes/5",
      "flux-mr-comment-key",
      (username, body) => ({ id: 5, author: { username }, body }),
      { username: "me" },
    ],
    [
      "giteapullrequestcomment",
      "https://gitea.example.com/acme/app",
      "https://gitea.example.com/api/v1/repos/acme/app/issues/7/comments",
      "PATCH https://gitea.example.com/api/v1/repos/acme/app/issues/comments/5",
      "flux-pr-comment-key",
      (login, body) => ({ id: 5, user: { login }, body }),
      { login: "me" },
    ],
  ];

  it.each(forges)("%s: created once, then edited", async (type, address, list, edit, name, comment, user) => {
    const answers =
      (comments: object[]) =>
      ({ method, url }: SentRequest): FakeAnswer | undefined =>
        method === "GET" ? { body: url.endsWith("/user") ? user : comments } : undefined;
    const body = `${marker(name)}\n\n${text}`;
    const others = [comment("somebody", body), comment("me", "another comment")];
    const created = await send(type, event, { address }, { token: "t" }, answers(others));
    expect([created.at(-1)?.method, created.at(-1)?.url, created.at(-1)?.body]).toEqual(["POST", list, { body }]);
    const edited = await send(
      type,
      event,
      { address },
      { token: "t" },
      answers([...others, comment("me", `${marker(name)} old`)]),
    );
    expect([calls(edited).at(-1), edited.at(-1)?.body]).toEqual([edit, { body }]);
  });

  it.each([
    [{}, 'missing "change_request" metadata key'],
    [{ change_request: "7/../8" }, 'invalid "change_request" metadata value "7/../8": want a number'],
  ])("%j is no change request", async (metadata, message) => {
    const sending = send(
      "githubpullrequestcomment",
      sampleEvent({ metadata }),
      { address: "https://github.com/a/b" },
      { token: "t" },
    );
    await expect(sending).rejects.toThrow(message);
  });
});

interface Traces {
  resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
}

describe("other services", () => {
  const news = sampleEvent();

  it("githubdispatch: the event is the payload", async () => {
    const [sent] = await send("githubdispatch", news, { address: "https://github.com/acme/app" }, { token: "t" });
    expect([sent?.url, sent?.body]).toEqual([
      "https://api.github.com/repos/acme/app/dispatches",
      { event_type: "Kustomization/webapp.apps", client_payload: news },
    ]);
  });

  it("googlepubsub: the headers are attributes", async () => {
    const spec = { address: "project", channel: "topic" };
    const [sent] = await send("googlepubsub", news, spec, { headers: "env: prod" });
    expect(sent?.url).toBe("https://pubsub.googleapis.com/v1/projects/project/topics/topic:publish");
    const { messages } = (sent?.body ?? { messages: [] }) as { messages: { data: string; attributes: object }[] };
    expect(messages[0]?.attributes).toEqual({ env: "prod" });
    expect(JSON.parse(Buffer.from(messages[0]?.data ?? "", "base64").toString())).toEqual(news);
    expect(sent?.headers["authorization"]).toContain("Bearer gcp-token:");
  });

  it("azureeventhub: signed with the key of the connection string", async () => {
    const address =
      "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;EntityPath=hub";
    const [sent] = await send("azureeventhub", news, { address }, {});
    expect([sent?.url, sent?.body]).toEqual(["https://ns.servicebus.windows.net/hub/messages", news]);
    expect(sent?.headers["authorization"]).toMatch(
      /^SharedAccessSignature sr=https%3A%2F%2Fns\.servicebus\.windows\.net%2Fhub&sig=[^&]+&se=\d+&skn=send$/,
    );
  });

  it("azureeventhub: a token for a hub in a namespace", async () => {
    const [sent] = await send("azureeventhub", news, { address: "hub", channel: "ns" }, { token: "jwt" });
    expect([sent?.url, sent?.headers["authorization"]]).toEqual([
      "https://ns.servicebus.windows.net/hub/messages",
      "Bearer jwt",
    ]);
  });

  it("sentry: an error is an event, news are a transaction", async () => {
    const spec = { address: "https://public@sentry.example.com/sub/42", channel: "production" };
    const [error] = await send("sentry", sampleError(), spec, {});
    expect(error?.url).toBe("https://sentry.example.com/sub/api/42/envelope/");
    expect(error?.headers["x-sentry-auth"]).toContain("sentry_key=public");
    const lines = String(error?.body).trimEnd().split("\n");
    const [, item, payload] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(item).toEqual({ type: "event", length: Buffer.byteLength(lines[2] ?? "") });
    expect(payload).toMatchObject({
      level: "error",
      message: "timeout\nmore",
      environment: "production",
      server_name: "kustomize-controller",
      transaction: "Kustomization: apps/webapp",
      contexts: { metadata: { env: "prod" } },
    });
    const [transaction] = await send("sentry", news, spec, {});
    expect(JSON.parse(String(transaction?.body).split("\n")[2] ?? "")).toMatchObject({
      type: "transaction",
      tags: { flux_involved_object_kind: "Kustomization", flux_reason: "ReconciliationSucceeded", env: "prod" },
      start_timestamp: "2026-11-21T12:00:00Z",
    });
  });

  it.each(["", "https://sentry.example.com/42", "https://k@sentry.example.com/project"])(
    "sentry: %j is no DSN",
    async (address) => {
      await expect(send("sentry", news, { address }, {})).rejects.toThrow("DSN");
    },
  );

  it("otel: one trace per alert and revision, an error is a failed span", async () => {
    const spec = { address: "https://otel.example.com" };
    const [first] = await send("otel", sampleError(), spec, { token: "t" });
    expect([first?.url, first?.headers["authorization"]]).toEqual(["https://otel.example.com/v1/traces", "Bearer t"]);
    const spanOf = (sent: SentRequest | undefined): Record<string, unknown> =>
      ((sent?.body ?? { resourceSpans: [] }) as Traces).resourceSpans[0]?.scopeSpans[0]?.spans[0] ?? {};
    expect(spanOf(first)).toMatchObject({
      name: "Kustomization: apps/webapp",
      startTimeUnixNano: "1795262400000000000",
      status: { code: 2, message: "timeout\nmore" },
    });
    const [second] = await send("otel", news, spec, {});
    expect(spanOf(second)).toMatchObject({ traceId: spanOf(first)["traceId"], status: { code: 1 } });
    expect(spanOf(second)["spanId"]).not.toBe(spanOf(first)["spanId"]);
  });

  it("otel: chart repositories are not traced", async () => {
    const event = sampleEvent({ involvedObject: { ...news.involvedObject, kind: "HelmRepository" } });
    expect(await send("otel", event, { address: "https://otel.example.com" }, {})).toEqual([]);
  });
});
