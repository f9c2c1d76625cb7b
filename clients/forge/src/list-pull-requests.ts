import { isObject } from "@eddy/core/json";
import { callForge, type ForgeAccess } from "./call-forge.ts";
import { dialects, type PullRequestFilter } from "./dialects.ts";
import type { Forge } from "./parse-forge.ts";
import type { PullRequest } from "./pull-request.ts";

/** What is older is forgotten. */
const maxPages = 10;

/**
 * Pull requests between the repository's own branches, newest first: a thousand at most, of Gitea 500.
 * @throws ForgeError
 */
export async function listPullRequests(
  forge: Forge,
  filter: PullRequestFilter,
  access: ForgeAccess,
): Promise<PullRequest[]> {
  const dialect = dialects[forge.kind];
  const found: PullRequest[] = [];
  for (let page = 1; page <= maxPages; page++) {
    const path = dialect.listPath(forge, filter, page);
    const { value, headers } = await callForge(forge, path, { doing: "look for pull requests" }, access);
    const items = Array.isArray(value) ? value.filter(isObject) : [];
    found.push(...items.flatMap((item) => dialect.parse(item, forge) ?? []));
    if (!/\brel="?next"?/.test(headers["link"] ?? "")) break;
  }
  return found.filter(({ state, head, base }) => {
    const isAsked = base === filter.base && (filter.head === undefined || head === filter.head);
    return isAsked && (filter.state === "all" || state === "open");
  });
}
