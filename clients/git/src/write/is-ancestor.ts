import type { OpenRepositoryOptions } from "../remote.ts";
import { type CommitHistory, fetchHistory } from "./fetch-history.ts";

/**
 * Whether a commit is in the history of another. Only the commits between the two are asked for. A server without protocol v2 is not
 * asked: no.
 */
export async function isAncestor(
  url: string,
  { ancestor, of }: { ancestor: string; of: string },
  options: OpenRepositoryOptions & { signal?: AbortSignal },
): Promise<boolean> {
  if (ancestor === of) return true;
  const commits = await fetchHistory(url, { want: of, have: ancestor }, options);
  return commits !== undefined && leadsTo(commits, of, ancestor);
}

function leadsTo(commits: CommitHistory, from: string, to: string): boolean {
  const seen = new Set<string>();
  const pending = [from];
  for (let oid = pending.pop(); oid !== undefined; oid = pending.pop()) {
    if (oid === to) return true;
    if (seen.has(oid)) continue;
    seen.add(oid);
    pending.push(...(commits.get(oid)?.parents ?? []));
  }
  return false;
}
