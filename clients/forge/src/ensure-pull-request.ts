import { isObject } from "@eddy/core/json";
import { callForge, type ForgeAccess } from "./call-forge.ts";
import { changePullRequest } from "./change-pull-request.ts";
import { dialects } from "./dialects.ts";
import { ForgeError } from "./forge-error.ts";
import { listPullRequests } from "./list-pull-requests.ts";
import type { Forge } from "./parse-forge.ts";
import type { EnsuredPullRequest, PullRequest, PullRequestDraft } from "./pull-request.ts";

/** Options of {@link ensurePullRequest}. */
export interface EnsurePullRequestOptions extends ForgeAccess {
  /** Whether the one that is open may stay as it is. Default: it does. */
  readonly isCurrent?: (open: PullRequest) => boolean;
}

/**
 * The open pull request from one branch to another, made where there is none; an open one gets this title and body where it is not
 * current. Idempotent, and never makes a second one: where two writers ask at once, the later one finds that of the other.
 * @throws ForgeError
 */
export async function ensurePullRequest(
  forge: Forge,
  draft: PullRequestDraft,
  options: EnsurePullRequestOptions,
): Promise<EnsuredPullRequest> {
  const open = await findOpen(forge, draft, options);
  if (open) return bringUpToDate(forge, open, draft, options);
  try {
    return { url: await create(forge, draft, options), outcome: "created" };
  } catch (error) {
    const mayBeThere = error instanceof ForgeError && (error.status === 409 || error.status === 422);
    const other = mayBeThere ? await findOpen(forge, draft, options) : undefined;
    if (!other) throw error;
    return bringUpToDate(forge, other, draft, options);
  }
}

async function findOpen(
  forge: Forge,
  { head, base }: PullRequestDraft,
  access: ForgeAccess,
): Promise<PullRequest | undefined> {
  const [open] = await listPullRequests(forge, { state: "open", head, base }, access);
  return open;
}

async function bringUpToDate(
  forge: Forge,
  open: PullRequest,
  { title, body }: PullRequestDraft,
  { isCurrent = () => true, ...access }: EnsurePullRequestOptions,
): Promise<EnsuredPullRequest> {
  if (isCurrent(open)) return { url: open.url, outcome: "unchanged" };
  await changePullRequest(forge, open.number, { title, body }, access);
  return { url: open.url, outcome: "updated" };
}

async function create(forge: Forge, draft: PullRequestDraft, access: ForgeAccess): Promise<string> {
  const dialect = dialects[forge.kind];
  const call = { doing: "make a pull request", method: "POST", body: dialect.createBody(draft) };
  const { value } = await callForge(forge, dialect.createPath(forge), call, access);
  const made = isObject(value) ? (value["html_url"] ?? value["web_url"]) : undefined;
  if (!isObject(value)) throw new ForgeError("refused", "make a pull request: the answer is no object");
  return typeof made === "string" ? made : "";
}
