import { systemClock } from "@eddy/core/clock";
import { authOf, parseAddress, withoutUserInfo } from "./connect.ts";
import { withDeadline } from "./deadline.ts";
import { isGitError } from "./errors.ts";
import { createGitProgram, remoteArgument, type GitProgram } from "./git-program.ts";
import { createPrivateFolder } from "./private-folder.ts";
import type { OpenRepositoryOptions } from "./remote.ts";

/** Options of {@link pushCommit}. */
export interface PushCommitOptions extends Pick<
  OpenRepositoryOptions,
  "auth" | "proxy" | "programs" | "ssh" | "timeoutMs" | "clock"
> {
  /** The branch that gets the commit; created when it does not exist. */
  branch: string;
  /** The branch that the commit starts from; default `branch`. */
  from?: string;
  /** By path; `null` deletes. A file keeps its mode. */
  files: Readonly<Record<string, string | Uint8Array | null>>;
  message: string;
  author: { name: string; email: string };
  signal?: AbortSignal;
}

/**
 * Makes one commit on top of a branch and pushes it, never by force. Resolves the commit's id, or undefined when the branch
 * already has these files. Uses the `git` program.
 * @throws GitError `rejected` when the branch moved meanwhile or the server refuses: try again from the new state.
 */
export async function pushCommit(url: string, options: PushCommitOptions): Promise<string | undefined> {
  const clock = options.clock ?? systemClock;
  const address = parseAddress(url);
  const auth = authOf(address, options.auth ?? {});
  const folder = createPrivateFolder();
  try {
    return await withDeadline(
      { clock, timeoutMs: options.timeoutMs ?? 60_000, signal: options.signal },
      async (signal) => {
        const git = createGitProgram(address, { ...options, auth, folder, signal });
        const remote = remoteArgument(address);
        await git(["init", "--quiet", "--bare", "."]);
        const parent =
          (await fetchBranch(git, remote, options.from ?? options.branch)) ??
          (await fetchBranch(git, remote, options.branch));
        const commit = await makeCommit(git, parent, options, clock.now());
        if (parent !== undefined && (await treeOf(git, parent)) === (await treeOf(git, commit))) return undefined;
        await git(["push", "--quiet", remote, `${commit}:refs/heads/${options.branch}`]);
        return commit;
      },
    );
  } catch (error) {
    if (isGitError(error)) error.message = error.message.replaceAll(url, withoutUserInfo(url));
    throw error;
  } finally {
    folder.remove();
  }
}

/** The branch's commit, or undefined when there is no such branch. */
async function fetchBranch(git: GitProgram, remote: string, branch: string): Promise<string | undefined> {
  try {
    await git(["fetch", "--quiet", "--depth=1", "--no-tags", remote, `+refs/heads/${branch}:refs/eddy/base`]);
    return (await git(["rev-parse", "refs/eddy/base"])).trim();
  } catch (error) {
    if (isGitError(error, "ref-not-found")) return undefined;
    throw error;
  }
}

async function treeOf(git: GitProgram, commit: string): Promise<string> {
  return (await git(["rev-parse", `${commit}^{tree}`])).trim();
}

async function makeCommit(
  git: GitProgram,
  parent: string | undefined,
  options: PushCommitOptions,
  nowMs: number,
): Promise<string> {
  const modes = parent === undefined ? new Map<string, string>() : await modesOf(git, parent);
  const identity = `${clean(options.author.name)} <${clean(options.author.email)}> ${Math.floor(nowMs / 1000)} +0000`;
  const parts: (string | Uint8Array)[] = [
    "feature done\n",
    `commit refs/eddy/new\nauthor ${identity}\ncommitter ${identity}\n`,
    ...dataOf(options.message),
  ];
  if (parent !== undefined) parts.push(`from ${parent}\n`);
  for (const [path, content] of Object.entries(options.files)) {
    const quoted = `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
    if (content === null) parts.push(`D ${quoted}\n`);
    else parts.push(`M ${modes.get(path) ?? "100644"} inline ${quoted}\n`, ...dataOf(content));
  }
  parts.push("\ndone\n");
  await git(["fast-import", "--quiet", "--done"], Buffer.concat(parts.map((part) => Buffer.from(part))));
  return (await git(["rev-parse", "refs/eddy/new"])).trim();
}

/** What an identity line cannot hold. */
function clean(text: string): string {
  return text.replace(/[<>\n\0]/g, "").trim();
}

function dataOf(content: string | Uint8Array): (string | Uint8Array)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

async function modesOf(git: GitProgram, commit: string): Promise<Map<string, string>> {
  const modes = new Map<string, string>();
  for (const line of (await git(["ls-tree", "-r", "-z", commit])).split("\0")) {
    const match = /^(\d{6}) blob [0-9a-f]+\t(.+)$/s.exec(line);
    if (match) modes.set(match[2] ?? "", match[1] === "100755" ? "100755" : "100644");
  }
  return modes;
}
