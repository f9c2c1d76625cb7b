import { systemClock } from "@eddy/core/clock";
import { withoutUserInfo } from "../connect.ts";
import { GitError, isGitError } from "../errors.ts";
import { objectsBehind } from "../git-tree.ts";
import { openRepository } from "../open-repository.ts";
import type { GitCommit, GitRemote } from "../remote.ts";
import { buildCommit, type BuiltCommit, type CommitBase } from "./build-commit.ts";
import type { CommitDraft, PushChangeOptions, PushedChange } from "./change.ts";
import { isAncestor } from "./is-ancestor.ts";
import { sendCommit, type SendOutcome } from "./send-commit.ts";

const defaultMaxAttempts = 5;

/**
 * Makes one commit on top of a branch and pushes it, without a folder and never by force (but see `replaces`). When the branch has moved meanwhile, `plan`
 * is asked again with the new head. Undefined when there was nothing to do. Idempotent as far as `plan` is: a push whose answer was lost
 * is found out to have been taken.
 * @throws GitError `rejected` when the server refuses (a protected branch, a hook), or the branch keeps moving; `ref-not-found` for a
 * branch that is not there and has nothing to start from; otherwise as reading does
 */
export async function pushChange(url: string, options: PushChangeOptions): Promise<PushedChange | undefined> {
  const refs = { branch: branchName(options.branch), other: refspecTarget(options) };
  const remote = openRepository(url, options);
  const maxAttempts = options.maxAttempts ?? defaultMaxAttempts;
  try {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const { head, base } = await findBase(remote, refs.branch, options);
      const draft = await options.plan(base);
      const commit = draft && (await build(base, draft, options));
      if (draft === undefined || commit === undefined) return undefined;
      const outcome = await send(url, remote, commit, { ...refs, head, base: base?.sha }, options);
      if (outcome.kind === "refused") throw outcome.error;
      if (outcome.kind === "moved") continue;
      const revision = `${options.branch}@sha1:${commit.oid}`;
      const { message } = draft;
      return { commit: commit.oid, revision, message, base: base?.sha, refs: outcome.refs, attempts: attempt };
    }
  } catch (error) {
    if (isGitError(error)) error.message = error.message.replaceAll(url, withoutUserInfo(url));
    throw error;
  } finally {
    remote.close();
  }
  const text = `failed to push to remote: branch '${options.branch}' moved ${maxAttempts} times before the push`;
  throw new GitError("rejected", text);
}

/** The branch's head, and the commit to stand on, which for a new branch is that of `from`. */
async function findBase(
  remote: GitRemote,
  branch: string,
  { from, signal, replaces }: PushChangeOptions,
): Promise<{ head: string | undefined; base: GitCommit | undefined }> {
  const limit = signal ? { signal } : {};
  const name = branch.slice("refs/heads/".length);
  const found = (await remote.listRefs({ prefixes: [branch], ...limit })).find(({ name }) => name === branch);
  if (found) {
    const resolved = { revision: `${name}@sha1:${found.oid}`, commit: found.oid, refName: branch };
    const head = await remote.fetch(resolved, limit);
    const fresh = replaces && from && (await remote.fetch(await remote.resolve(from, limit), limit));
    return { head: found.oid, base: fresh && (await replaces?.(head, fresh)) ? fresh : head };
  }
  try {
    const resolved = from && (await remote.resolve(from, limit));
    if (resolved) return { head: undefined, base: await remote.fetch(resolved, limit) };
  } catch (error) {
    if (!isGitError(error, "empty")) throw error;
  }
  if ((await remote.listRefs(limit)).some(({ name }) => name.startsWith("refs/heads/")))
    throw new GitError("ref-not-found", `couldn't find remote ref "${branch}"`);
  return { head: undefined, base: undefined };
}

async function build(
  base: GitCommit | undefined,
  draft: CommitDraft,
  { clock = systemClock, sign }: PushChangeOptions,
): Promise<BuiltCommit | undefined> {
  const objects = base && objectsBehind(base.tree);
  const at: CommitBase | undefined = base && objects && { commit: base.sha, tree: objects.root };
  const readTree = (oid: string): Buffer => {
    if (objects === undefined) throw new GitError("protocol", `read tree ${oid}: object not found`);
    return objects.store.require(oid, "tree");
  };
  return buildCommit(at, draft, { readTree, nowMs: clock.now(), ...(sign ? { sign } : {}) });
}

interface Place {
  readonly branch: string;
  readonly other: string | undefined;
  readonly head: string | undefined;
  readonly base: string | undefined;
}

/** Sends it, and where the answer was lost, looks what became of it. */
async function send(
  url: string,
  remote: GitRemote,
  commit: BuiltCommit,
  { branch, other, head, base }: Place,
  options: PushChangeOptions,
): Promise<SendOutcome> {
  const isInHistory = (oid: string): Promise<boolean> =>
    base === undefined ? Promise.resolve(false) : isAncestor(url, { ancestor: oid, of: base }, options);
  try {
    const outcome = await sendCommit(url, commit, { branch, base: head, other, isInHistory }, options);
    if (outcome.kind !== "refused") return outcome;
    const now = await headOf(remote, branch);
    return now === head ? outcome : { kind: "moved" };
  } catch (error) {
    if (!isGitError(error, "unreachable", "protocol", "timeout") || options.signal?.aborted === true) throw error;
    if ((await headOf(remote, branch).catch(() => undefined)) !== commit.oid) throw error;
    return { kind: "accepted", refs: [branch] };
  }
}

async function headOf(remote: GitRemote, branch: string): Promise<string | undefined> {
  return (await remote.listRefs({ prefixes: [branch] })).find(({ name }) => name === branch)?.oid;
}

function branchName(branch: string): string {
  checkRef(`refs/heads/${branch}`);
  return `refs/heads/${branch}`;
}

/** What no ref may be called. Source: Git's git-check-ref-format. */
const invalidRef = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|\.$|\/$/;

function checkRef(name: string): void {
  if (invalidRef.test(name)) throw new GitError("configuration", `push: ${JSON.stringify(name)} is no name of a ref`);
}

/** The other ref of a refspec; undefined where it is the branch itself. */
function refspecTarget({ refspec, branch }: PushChangeOptions): string | undefined {
  if (refspec === undefined || refspec === "") return undefined;
  const own = `refs/heads/${branch}`;
  const [source = "", target = source, ...rest] = refspec.split(":");
  const isOurs = source === "HEAD" || source === branch || source === own;
  if (rest.length > 0 || !isOurs || target === "" || target === "HEAD") {
    const text = `push refspec ${JSON.stringify(refspec)}: want "${own}:<ref>", without "+" and without deletion`;
    throw new GitError("configuration", text);
  }
  const name = target.startsWith("refs/") ? target : `refs/heads/${target}`;
  checkRef(name);
  return name === own ? undefined : name;
}
