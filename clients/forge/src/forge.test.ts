import { createHttpClient, type HttpClient } from "@eddy/http";
import { startInbox, type Inbox, type InboxAnswer, type InboxMessage } from "@eddy/inbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import {
  changePullRequest,
  ensurePullRequest,
  type ForgeKind,
  listPullRequests,
  parseForge,
  parseForgeKind,
} from "./index.ts";

const draft = { head: "release-web", base: "main", title: "Release web", body: "body" };
let inbox: Inbox;
let http: HttpClient;
let answer: (message: InboxMessage) => InboxAnswer;

beforeAll(async () => {
  inbox = await startInbox({ answer: (message) => answer(message) });
  http = createHttpClient();
});
afterAll(async () => {
  http.close();
  await inbox.stop();
});
beforeEach(() => inbox.clear());

describe("parseForge", () => {
  it.each<[url: string, options: Parameters<typeof parseForge>[1], want: object]>([
    [
      "https://github.com/org/fleet.git",
      {},
      { kind: "github", api: "https://api.github.com", repository: "org/fleet" },
    ],
    ["ssh://git@github.com/org/fleet", {}, { kind: "github", api: "https://api.github.com", repository: "org/fleet" }],
    ["https://ghe.example.org/org/fleet", { kind: "github" }, { api: "https://ghe.example.org/api/v3" }],
    ["https://gitlab.com/a/b/c.git", {}, { kind: "gitlab", api: "https://gitlab.com/api/v4", repository: "a/b/c" }],
    ["ssh://git@git.example.org:2222/org/fleet.git", { kind: "gitea" }, { api: "https://git.example.org/api/v1" }],
    ["https://git.example.org/org/fleet", { kind: "gitea", api: "http://api/" }, { api: "http://api" }],
  ])("%s", (url, options, want) => expect(parseForge(url, options)).toMatchObject(want));

  it.each([
    ["https://git.example.org/org/fleet", "git.example.org is not a well-known one"],
    ["https://github.com/org", "names no repository"],
    ["nonsense", "names no repository"],
  ])("%s is refused", (url, why) => expect(() => parseForge(url)).toThrow(why));

  it.each(["file:///etc", "api.example.org", "https://"])("an API at %s is refused", (api) =>
    expect(() => parseForge("https://github.com/org/fleet", { api })).toThrow("is no http(s) address"),
  );
});

describe("parseForgeKind", () => {
  it.each([
    ["github", "github"],
    ["gitlab", "gitlab"],
    ["gitea", "gitea"],
    ["forgejo", "gitea"],
  ])("%s", (text, want) => expect(parseForgeKind(text)).toBe(want));
  it("refuses others", () =>
    expect(() => parseForgeKind("svn")).toThrow('read forge: "svn" is not one of github, gitlab, gitea'));
});

const urls = { github: "html_url", gitlab: "web_url", gitea: "html_url" };

describe.each<[ForgeKind, header: string, body: object]>([
  ["github", "Bearer token-1", { head: "release-web", base: "main", title: "Release web", body: "body" }],
  ["gitlab", "", { source_branch: "release-web", target_branch: "main", title: "Release web", description: "body" }],
  ["gitea", "token token-1", { head: "release-web", base: "main", title: "Release web", body: "body" }],
])("%s", (kind, header, body) => {
  const forge = (): ReturnType<typeof parseForge> =>
    parseForge("https://git.example.org/org/fleet.git", { kind, api: inbox.url });
  const item = (head: string): object => ({
    [urls[kind]]: "https://example.org/1",
    head: { ref: head },
    base: { ref: "main" },
    source_branch: head,
    target_branch: "main",
  });

  it("makes one where there is none", async () => {
    answer = ({ method }) =>
      method === "POST" ? { status: 201, body: item("release-web") } : { body: [item("other")] };
    const made = await ensurePullRequest(forge(), draft, { http, token: "token-1" });
    expect(made).toEqual({ url: "https://example.org/1", outcome: "created" });
    const post = inbox.messages().find(({ method }) => method === "POST");
    expect(JSON.parse(post?.body ?? "")).toEqual(body);
    expect(post?.headers["authorization"] ?? "").toBe(header);
    expect(post?.path).toBe(kind === "gitlab" ? "/projects/org%2Ffleet/merge_requests" : "/repos/org/fleet/pulls");
  });

  it("leaves the open one as it is", async () => {
    answer = () => ({ body: [item("release-web")] });
    expect(await ensurePullRequest(forge(), draft, { http, token: "token-1" })).toEqual({
      url: "https://example.org/1",
      outcome: "unchanged",
    });
    expect(inbox.messages().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("brings the open one up to date where it is not current", async () => {
    answer = ({ method }) => (method === "GET" ? { body: [{ ...item("release-web"), number: 5, iid: 5 }] } : {});
    const ensured = await ensurePullRequest(forge(), draft, { http, token: "token-1", isCurrent: () => false });
    expect(ensured).toEqual({ url: "https://example.org/1", outcome: "updated" });
    const [, change] = inbox.messages();
    expect([change?.method, change?.path, JSON.parse(change?.body ?? "")]).toEqual(
      kind === "gitlab"
        ? ["PUT", "/projects/org%2Ffleet/merge_requests/5", { title: "Release web", description: "body" }]
        : ["PATCH", "/repos/org/fleet/pulls/5", { title: "Release web", body: "body" }],
    );
  });

  it("makes no second one where another writer was faster", async () => {
    const open: object[] = [];
    answer = ({ method }) => {
      if (method !== "POST") return { body: [...open] };
      open.push(item("release-web"));
      return { status: kind === "github" ? 422 : 409, body: { message: "already exists" } };
    };
    expect(await ensurePullRequest(forge(), draft, { http, token: "token-1" })).toEqual({
      url: "https://example.org/1",
      outcome: "unchanged",
    });
    expect(inbox.messages().map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
  });

  it("closes one, with a last word", async () => {
    answer = () => ({});
    await changePullRequest(forge(), 5, { state: "closed", body: "done" }, { http, token: "token-1" });
    expect(JSON.parse(inbox.messages()[0]?.body ?? "")).toEqual(
      kind === "gitlab" ? { state_event: "close", description: "done" } : { state: "closed", body: "done" },
    );
  });

  it("lists those of its own branches, page by page, and says what became of them", async () => {
    const over = kind === "gitlab" ? { state: "merged" } : { state: "closed", merged_at: "2026-01-01", merged: true };
    const refused = { state: "closed", merged_at: null, merged: false };
    const fork =
      kind === "gitlab"
        ? { source_project_id: 2, target_project_id: 1 }
        : { head: { ref: "release-web", repo: { full_name: "fork/fleet" } } };
    const pages = [
      [{ ...item("release-web"), number: 3, iid: 3 }, { ...item("release-web"), ...fork }, item("other")],
      [
        { ...item("release-web"), number: 2, iid: 2, ...over },
        { ...item("release-web"), number: 1, iid: 1, ...refused },
      ],
    ];
    answer = ({ path }) => {
      const page = Number(new URL(path, "http://x").searchParams.get("page"));
      const link = page < pages.length ? { link: `<${inbox.url}/next>; rel="next"` } : {};
      return { body: pages[page - 1], headers: link };
    };
    const all = await listPullRequests(
      forge(),
      { state: "all", head: "release-web", base: "main" },
      { http, token: "token-1" },
    );
    expect(all.map(({ number, state }) => `${number} ${state}`)).toEqual(["3 open", "2 merged", "1 closed"]);
    const open = await listPullRequests(forge(), { state: "open", base: "main" }, { http, token: "token-1" });
    expect(open.map(({ head }) => head)).toEqual(["release-web", "other"]);
  });

  it("says why it was refused, and nothing of the token", async () => {
    answer = () => ({ status: 403, body: { message: "no access" } });
    await expect(ensurePullRequest(forge(), draft, { http, token: "token-1" })).rejects.toMatchObject({
      kind: "authentication",
      message: "look for pull requests: the forge answers with 403: no access",
    });
  });
});

test.each<[answer: InboxAnswer, kind: string, message: string]>([
  [
    { status: 422, body: { message: "Validation Failed", errors: [{ message: "No commits between main and x" }] } },
    "refused",
    "No commits between",
  ],
  [{ status: 502, body: "<html>" }, "unreachable", "502"],
  [{ status: 200, body: "no json" }, "refused", "200"],
])("%j", async (given, kind, message) => {
  answer = ({ method }) => (method === "POST" ? given : { body: [] });
  const forge = parseForge("https://github.com/org/fleet", { api: inbox.url });
  const refused = ensurePullRequest(forge, draft, { http, token: "t" });
  await expect(refused).rejects.toMatchObject({ kind, message: expect.stringContaining(message) as string });
});

const soon = Math.floor(Date.now() / 1000) + 1_800;
test.each<[what: string, answer: InboxAnswer, kind: string, wait: unknown]>([
  ["a wait that is asked for", { status: 429, headers: { "retry-after": "7" } }, "limited", 7_000],
  ["GitHub's second limit", { status: 403, headers: { "retry-after": "60" } }, "limited", 60_000],
  [
    "GitHub's limit of an hour",
    { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(soon) } },
    "limited",
    expect.toSatisfy((ms: number) => ms > 1_000 && ms <= 1_800_000),
  ],
  ["too many, and no word of when", { status: 429 }, "limited", undefined],
  ["a repository that is not there", { status: 404, body: { message: "Not Found" } }, "notFound", undefined],
  ["a token that may not", { status: 403, body: { message: "Resource not accessible" } }, "authentication", undefined],
])("%s", async (_what, given, kind, wait) => {
  answer = () => given;
  const forge = parseForge("https://github.com/org/fleet", { api: inbox.url });
  const refused = listPullRequests(forge, { state: "open", base: "main" }, { http, token: "t" });
  await expect(refused).rejects.toMatchObject({ kind, retryAfterMs: wait });
});

test("a forge that nobody answers for", async () => {
  const forge = parseForge("https://github.com/org/fleet", { api: "http://127.0.0.1:1" });
  const refused = listPullRequests(forge, { state: "open", base: "main" }, { http, token: "t" });
  await expect(refused).rejects.toMatchObject({ kind: "unreachable", class: "retry" });
});

test("of a branch that is gone Gitea gives the name apart, and of one that is there no old commit", async () => {
  const base = { ref: "main" };
  answer = () => ({
    body: [
      { number: 2, state: "closed", merged: true, head: { ref: "refs/pull/2/head", label: "update", sha: "b" }, base },
      { number: 1, state: "closed", merged: false, head: { ref: "update", label: "update", sha: "a" }, base },
    ],
  });
  const forge = parseForge("https://gitea.com/org/fleet", { api: inbox.url });
  const all = await listPullRequests(forge, { state: "all", base: "main", head: "update" }, { http, token: "t" });
  expect(all.map(({ number, headSha }) => [number, headSha])).toEqual([
    [2, ""],
    [1, ""],
  ]);
});
