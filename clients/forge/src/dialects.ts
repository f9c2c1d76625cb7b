import { isObject, type JsonObject } from "@eddy/core/json";
import type { Forge, ForgeKind } from "./parse-forge.ts";
import type { PullRequest, PullRequestChange, PullRequestDraft, PullRequestState } from "./pull-request.ts";

/** Which pull requests are listed. */
export interface PullRequestFilter {
  readonly state: "open" | "all";
  /** The branch that they are for. */
  readonly base: string;
  /** The branch with the commits. Default: any. */
  readonly head?: string;
}

/** How a forge asks for the same things. */
export interface Dialect {
  /** The header that carries the token. */
  credentials(token: string): Record<string, string>;
  headers?: Record<string, string>;
  /** Path, with its query, of a page of the list, newest first. It may hold others than were asked for. */
  listPath(forge: Forge, filter: PullRequestFilter, page: number): string;
  createPath(forge: Forge): string;
  createBody(draft: PullRequestDraft): Record<string, string>;
  /** Path of one, and how it is changed. */
  itemPath(forge: Forge, number: number): string;
  changeMethod: "PATCH" | "PUT";
  changeBody(change: PullRequestChange): Record<string, string>;
  /** Undefined for what is none, and for one whose commits are in another repository: a fork's branch may have the same name. */
  parse(item: JsonObject, forge: Forge): PullRequest | undefined;
}

const pageSize = 100;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** GitHub's shape, which Gitea's is, too. */
function parseHubItem(item: JsonObject, { repository }: Forge): PullRequest | undefined {
  const { head, base } = item;
  if (!isObject(head) || !isObject(base) || isFork(head, base, repository)) return undefined;
  const isOpen = item["state"] === undefined || item["state"] === "open";
  const isMerged = item["merged"] === true || typeof item["merged_at"] === "string";
  const state: PullRequestState = isOpen ? "open" : isMerged ? "merged" : "closed";
  return {
    number: Number(item["number"] ?? 0),
    url: textOf(item["html_url"]),
    state,
    head: textOf(head["ref"]),
    base: textOf(base["ref"]),
    headSha: textOf(head["sha"]),
    title: textOf(item["title"]),
    body: textOf(item["body"]),
  };
}

/** Of a branch that is gone Gitea says `refs/pull/5/head`; and of one that is there what it is now, not what was merged. */
function parseGiteaItem(item: JsonObject, forge: Forge): PullRequest | undefined {
  const found = parseHubItem(item, forge);
  if (!found) return undefined;
  const label = isObject(item["head"]) ? textOf(item["head"]["label"]) : "";
  return {
    ...found,
    head: found.head.startsWith("refs/pull/") && label !== "" ? label : found.head,
    headSha: found.state === "open" ? found.headSha : "",
  };
}

function isFork(head: JsonObject, base: JsonObject, repository: string): boolean {
  // The fork is gone.
  if (head["repo"] === null) return true;
  const name = isObject(head["repo"]) ? textOf(head["repo"]["full_name"]) : "";
  if (name !== "") return name.toLowerCase() !== repository.toLowerCase();
  return head["repo_id"] !== base["repo_id"];
}

function parseLabItem(item: JsonObject): PullRequest | undefined {
  if (item["source_project_id"] !== item["target_project_id"]) return undefined;
  const state = textOf(item["state"]);
  return {
    number: Number(item["iid"] ?? 0),
    url: textOf(item["web_url"]),
    // `locked`: it is being merged.
    state: state === "merged" || state === "closed" ? state : "open",
    head: textOf(item["source_branch"]),
    base: textOf(item["target_branch"]),
    headSha: textOf(item["sha"]),
    title: textOf(item["title"]),
    body: textOf(item["description"]),
  };
}

function without<T extends object>(change: T): Record<string, string> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}

const hub = {
  createPath: ({ repository }: Forge): string => `/repos/${repository}/pulls`,
  createBody: ({ head, base, title, body }: PullRequestDraft): Record<string, string> => ({ head, base, title, body }),
  itemPath: ({ repository }: Forge, number: number): string => `/repos/${repository}/pulls/${number}`,
  changeMethod: "PATCH",
  changeBody: ({ title, body, state }: PullRequestChange): Record<string, string> => without({ title, body, state }),
  parse: parseHubItem,
} as const;

/** Source: each forge's REST reference, "Pulls" and "Merge requests". */
export const dialects: Readonly<Record<ForgeKind, Dialect>> = {
  github: {
    ...hub,
    credentials: (token) => ({ authorization: `Bearer ${token}` }),
    headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
    listPath({ repository }, { state, head, base }, page) {
      const [owner = ""] = repository.split("/");
      const query = new URLSearchParams({ state, base, ...(head === undefined ? {} : { head: `${owner}:${head}` }) });
      query.set("per_page", String(pageSize));
      query.set("page", String(page));
      return `/repos/${repository}/pulls?${query}`;
    },
  },
  gitlab: {
    credentials: (token) => ({ "private-token": token }),
    listPath({ repository }, { state, head, base }, page) {
      const query = new URLSearchParams({ state: state === "open" ? "opened" : "all", target_branch: base });
      if (head !== undefined) query.set("source_branch", head);
      query.set("per_page", String(pageSize));
      query.set("page", String(page));
      return `/projects/${encodeURIComponent(repository)}/merge_requests?${query}`;
    },
    createPath: ({ repository }) => `/projects/${encodeURIComponent(repository)}/merge_requests`,
    createBody: ({ head, base, title, body }) => ({
      source_branch: head,
      target_branch: base,
      title,
      description: body,
    }),
    itemPath: ({ repository }, number) => `/projects/${encodeURIComponent(repository)}/merge_requests/${number}`,
    changeMethod: "PUT",
    changeBody: ({ title, body, state }) =>
      without({ title, description: body, state_event: state === "closed" ? "close" : undefined }),
    parse: parseLabItem,
  },
  gitea: {
    ...hub,
    credentials: (token) => ({ authorization: `token ${token}` }),
    // It knows no filter by branch, and gives 50 at most.
    listPath: ({ repository }, { state }, page) =>
      `/repos/${repository}/pulls?state=${state}&sort=recentupdate&limit=50&page=${page}`,
    parse: parseGiteaItem,
  },
};
