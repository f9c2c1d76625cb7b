import type { Forge, ForgeKind } from "./parse-forge.ts";
import type { PullRequestDraft } from "./pull-request.ts";

/** How a forge asks for the same things. */
export interface Dialect {
  /** The header that carries the token. */
  credentials(token: string): Record<string, string>;
  headers?: Record<string, string>;
  /** Path, with its query, of the open pull requests from one branch to another. */
  listPath(forge: Forge, draft: PullRequestDraft): string;
  createPath(forge: Forge): string;
  createBody(draft: PullRequestDraft): Record<string, string>;
  /** Where the address for people stands in an answer. */
  urlField: string;
  /** Whether an item of the list is the one; a list may hold others. */
  isIt(item: Readonly<Record<string, unknown>>, draft: PullRequestDraft): boolean;
}

function refOf(item: Readonly<Record<string, unknown>>, side: "head" | "base"): unknown {
  return (item[side] as { ref?: unknown } | undefined)?.ref;
}

const isBetween: Dialect["isIt"] = (item, { head, base }) =>
  refOf(item, "head") === head && refOf(item, "base") === base;

/** Source: each forge's REST reference, "Pulls" and "Merge requests". */
export const dialects: Readonly<Record<ForgeKind, Dialect>> = {
  github: {
    credentials: (token) => ({ authorization: `Bearer ${token}` }),
    headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
    listPath({ repository }, { head, base }) {
      const [owner = ""] = repository.split("/");
      return `/repos/${repository}/pulls?${new URLSearchParams({ state: "open", head: `${owner}:${head}`, base })}`;
    },
    createPath: ({ repository }) => `/repos/${repository}/pulls`,
    createBody: ({ head, base, title, body }) => ({ head, base, title, body }),
    urlField: "html_url",
    isIt: isBetween,
  },
  gitlab: {
    credentials: (token) => ({ "private-token": token }),
    listPath({ repository }, { head, base }) {
      const query = new URLSearchParams({ state: "opened", source_branch: head, target_branch: base });
      return `/projects/${encodeURIComponent(repository)}/merge_requests?${query}`;
    },
    createPath: ({ repository }) => `/projects/${encodeURIComponent(repository)}/merge_requests`,
    createBody: ({ head, base, title, body }) => ({
      source_branch: head,
      target_branch: base,
      title,
      description: body,
    }),
    urlField: "web_url",
    isIt: (item, { head, base }) => item["source_branch"] === head && item["target_branch"] === base,
  },
  gitea: {
    credentials: (token) => ({ authorization: `token ${token}` }),
    listPath: ({ repository }) => `/repos/${repository}/pulls?state=open&limit=50`,
    createPath: ({ repository }) => `/repos/${repository}/pulls`,
    createBody: ({ head, base, title, body }) => ({ head, base, title, body }),
    urlField: "html_url",
    isIt: isBetween,
  },
};
