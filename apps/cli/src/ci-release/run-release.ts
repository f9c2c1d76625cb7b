import { messageOf } from "@eddy/core/errors";
import { formatImage } from "@eddy/core/image";
import {
  isGitError,
  openRepository,
  pushChange,
  type CommitDraft,
  type GitCommit,
  type OpenRepositoryOptions,
  type PushChangeOptions,
} from "@eddy/git";
import { composePullRequest, type PullRequestText } from "@eddy/runtime/pull-request";
import type { CommandContext } from "../command/context.ts";
import { askForReview } from "./ask-for-review.ts";
import { commitMessage } from "./commit-message.ts";
import { gitAuthOf } from "./git-access.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import { planRelease, type ReleasePlan } from "./plan-release.ts";
import { ReleaseError } from "./release-error.ts";
import type { ReleaseRequest } from "./release-request.ts";
import type { RawSettings } from "./settings.ts";

/** What a release came to. */
export interface ReleaseResult {
  readonly request: ReleaseRequest;
  readonly plan: ReleasePlan;
  readonly branch: string;
  /** Absent when there was nothing to do, or only to look. */
  readonly commit: string | undefined;
  /** `<branch>@sha1:<hex>` of the branch when it was done. */
  readonly revision: string | undefined;
  /** What was asked for, else what the registry told. */
  readonly digest: string | undefined;
  /** Where the pull request is to be seen. */
  readonly pullRequest: string | undefined;
}

/**
 * Edits, commits and pushes, on whatever the branch has become. Idempotent: what is released already is left alone.
 * @throws ReleaseError
 */
export async function runRelease(
  request: ReleaseRequest,
  settings: RawSettings,
  { pipeline, digest }: { pipeline: PipelineContext; digest: string | undefined },
  { clock, signal }: CommandContext,
): Promise<ReleaseResult> {
  const open = { auth: gitAuthOf(request.repo, settings, pipeline), clock };
  const base = request.branch ?? (await defaultBranch(request.repo, open));
  const branch = request.pushBranch ?? base;
  let plan: ReleasePlan | undefined;
  let head: string | undefined;
  const planOn = (commit: GitCommit | undefined): CommitDraft | undefined => {
    plan = checked(commit, request);
    head = commit?.sha;
    if (plan.files.size === 0 || request.isDryRun) return undefined;
    return { files: plan.files, message: commitMessage(request, pipeline), author: request.author };
  };
  const push: PushChangeOptions = {
    ...open,
    branch,
    from: { kind: "branch", name: base },
    plan: planOn,
    signal,
    maxAttempts: 10,
  };
  const sign = await signerOf(settings);
  const known = { request, branch, digest: request.image.digest ?? digest };
  try {
    // What waits on a branch of its own says nothing of the branch that counts.
    const target = request.asksForReview ? await headOf(request.repo, base, open) : undefined;
    const released = target && checked(target, request);
    if (released?.files.size === 0)
      return { ...known, plan: released, commit: undefined, revision: undefined, pullRequest: undefined };
    const pushed = await pushChange(request.repo, { ...push, ...(sign ? { sign } : {}) });
    if (plan === undefined) throw new ReleaseError("failed", "the repository has no commit yet");
    const text = target && released && textOf(request, pipeline, released, target);
    const isAsked = text !== undefined && !request.isDryRun;
    const between = { head: branch, base };
    const pullRequest = isAsked
      ? await askForReview(request.repo, { ...between, ...text }, settings, signal)
      : undefined;
    const sha = pushed?.commit ?? head;
    const revision = sha === undefined ? undefined : `${branch}@sha1:${sha}`;
    return { ...known, plan: released ?? plan, commit: pushed?.commit, revision, pullRequest };
  } catch (cause) {
    if (cause instanceof ReleaseError) throw cause;
    const kind = isGitError(cause, "rejected") ? "refused" : "failed";
    throw new ReleaseError(kind, messageOf(cause), cause);
  }
}

function textOf(
  request: ReleaseRequest,
  pipeline: PipelineContext,
  { changes, files }: ReleasePlan,
  { tree }: GitCommit,
): PullRequestText {
  const message = `Release ${formatImage(request.image)}\n\n${commitMessage(request, pipeline)}`;
  return composePullRequest({ message, changes, files, base: tree });
}

function checked(commit: GitCommit | undefined, request: ReleaseRequest): ReleasePlan {
  if (commit === undefined) throw new ReleaseError("failed", "the repository has no commit yet");
  const plan = planRelease(commit.tree, request);
  const [refusal] = plan.refusals;
  if (refusal)
    throw new ReleaseError("failed", `edit ${refusal.file}:${refusal.line}: ${refusal.field}: ${refusal.reason}`);
  if (plan.missing.length > 0)
    throw new ReleaseError("badInput", `no such target below ${shownPaths(request)}: ${plan.missing.join(", ")}`);
  if (plan.places === 0)
    throw new ReleaseError("badInput", `nothing below ${shownPaths(request)} uses the image ${request.image.name}`);
  return plan;
}

function shownPaths({ paths }: ReleaseRequest): string {
  return paths.map((path) => JSON.stringify(path === "" ? "." : path)).join(", ");
}

async function headOf(repo: string, branch: string, open: OpenRepositoryOptions): Promise<GitCommit> {
  const remote = openRepository(repo, open);
  try {
    return await remote.fetch(await remote.resolve({ kind: "branch", name: branch }));
  } finally {
    remote.close();
  }
}

async function defaultBranch(repo: string, open: OpenRepositoryOptions): Promise<string> {
  const remote = openRepository(repo, open);
  try {
    const head = (await remote.listRefs()).find(({ name }) => name === "HEAD");
    return head?.target?.replace(/^refs\/heads\//, "") ?? "main";
  } catch (cause) {
    throw new ReleaseError("failed", messageOf(cause), cause);
  } finally {
    remote.close();
  }
}

async function signerOf({ values }: RawSettings): Promise<((payload: Uint8Array) => Promise<string>) | undefined> {
  const key = values.get("signing-key")?.[0];
  if (!key) return undefined;
  const passphrase = values.get("signing-key-passphrase")?.[0];
  const type = values.get("signing-key-type")?.[0] === "ssh" ? "ssh" : "gpg";
  const { createGitSigner } = await import("@eddy/signature");
  try {
    return await createGitSigner({ type, key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    throw new ReleaseError("badInput", `read the signing key: ${messageOf(cause)}`, cause);
  }
}

/** One line for people. */
export function sentenceOf({ request, plan, branch, commit, pullRequest }: ReleaseResult): string {
  const image = formatImage(request.image);
  const count = `${plan.changes.length} ${plan.changes.length === 1 ? "field" : "fields"} of ${plan.files.size} ${plan.files.size === 1 ? "file" : "files"}`;
  if (plan.files.size === 0) return `nothing to do: ${image} is released already`;
  if (pullRequest !== undefined) return `asked for review of ${image}: ${count}, ${pullRequest}`;
  if (commit === undefined) return `would release ${image}: ${count}`;
  return `released ${image}: ${count}, commit ${commit.slice(0, 7)} on branch ${branch}`;
}
