import { createHttpClient, type HttpClient } from "@eddy/http";
import { startInbox, type Inbox, type InboxAnswer, type InboxMessage } from "@eddy/inbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { ensurePullRequest, type ForgeKind, parseForge } from "./index.ts";

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
    const made = await ensurePullRequest(forge(), draft, http, { token: "token-1" });
    expect(made).toEqual({ url: "https://example.org/1", created: true });
    const post = inbox.messages().find(({ method }) => method === "POST");
    expect(JSON.parse(post?.body ?? "")).toEqual(body);
    expect(post?.headers["authorization"] ?? "").toBe(header);
    expect(post?.path).toBe(kind === "gitlab" ? "/projects/org%2Ffleet/merge_requests" : "/repos/org/fleet/pulls");
  });

  it("leaves the open one as it is", async () => {
    answer = () => ({ body: [item("release-web")] });
    expect(await ensurePullRequest(forge(), draft, http, { token: "token-1" })).toMatchObject({ created: false });
    expect(inbox.messages().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("says why it was refused, and nothing of the token", async () => {
    answer = () => ({ status: 403, body: { message: "no access" } });
    await expect(ensurePullRequest(forge(), draft, http, { token: "token-1" })).rejects.toMatchObject({
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
  const refused = ensurePullRequest(forge, draft, http, { token: "t" });
  await expect(refused).rejects.toMatchObject({ kind, message: expect.stringContaining(message) as string });
});
