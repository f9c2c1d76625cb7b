import { EddyError } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { fetchFile } from "@eddy/files";
import { GitError, openRepository, type GitAuth, type GitRemote, type ResolvedRef } from "@eddy/git";
import type { RepositoryUrl } from "@eddy/kustomize";
import { remoteAddress } from "./remote-address.ts";
import type { RemoteAnswer, RemoteNeed } from "./remote-sources.ts";

/** How {@link createRemoteFetcher} works. */
export interface RemoteFetcherOptions {
  /** All files, and each repository's pack. Default 256 MiB. */
  maxBytes?: number;
  /** For one file. Default 60,000; a repository's is in its URL. */
  timeoutMs?: number;
  /** Asked for when a repository is reached over SSH. */
  sshAuth?: () => Promise<GitAuth>;
  signal?: AbortSignal;
}

/** Fetches files over HTTP(S) and repositories over HTTP(S), SSH or from a folder. */
export function createRemoteFetcher(options: RemoteFetcherOptions = {}): (need: RemoteNeed) => Promise<RemoteAnswer> {
  const { maxBytes = 256 * 1024 * 1024, timeoutMs = 60_000, signal } = options;
  let left = maxBytes;
  return async (need) => {
    if (need.kind === "repository") return { tree: await fetchTree(need.repository, maxBytes, options) };
    const bytes = await fetchFile(need.url, {
      maxBytes: Math.min(need.maxBytes, left),
      timeoutMs,
      ...(signal && { signal }),
    });
    left -= bytes.length;
    return { bytes };
  };
}

async function fetchTree(
  url: RepositoryUrl,
  maxPackBytes: number,
  { sshAuth, signal }: RemoteFetcherOptions,
): Promise<FileTree> {
  const address = remoteAddress(url.repository);
  const auth = address.startsWith("ssh://") ? withKey(url.repository, await sshAuth?.()) : undefined;
  const { timeoutMs, submodules, ref } = url;
  const remote = openRepository(address, { timeoutMs, limits: { maxPackBytes }, ...(auth && { auth }) });
  try {
    const resolved = await resolveRef(remote, ref, signal);
    const commit = await remote.fetch(resolved, { submodules, ...(signal && { signal }) });
    return commit.tree;
  } finally {
    remote.close();
  }
}

function withKey(repository: string, auth: GitAuth = {}): GitAuth {
  if (auth.identity !== undefined && auth.knownHosts !== undefined) return auth;
  throw new EddyError("NO_SSH_KEY", `fetch '${repository}': SSH wants a key and known hosts`, {
    class: "terminal",
    hint: "have them in ~/.ssh, as id_ed25519, id_ecdsa or id_rsa, and known_hosts; agents are not asked",
  });
}

/** What `git fetch <url> <ref>` takes: a commit, or the first ref of that name in Git's order; no ref is the remote's HEAD. */
async function resolveRef(remote: GitRemote, ref: string, signal: AbortSignal | undefined): Promise<ResolvedRef> {
  if (/^[0-9a-f]{40}$/i.test(ref)) return { revision: `sha1:${ref.toLowerCase()}`, commit: ref.toLowerCase() };
  const name = ref === "" || ref === "@" ? "HEAD" : ref;
  const names = [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`];
  const refs = await remote.listRefs({ prefixes: names, ...(signal && { signal }) });
  for (const candidate of names) {
    const found = refs.find((known) => known.name === candidate);
    if (found === undefined) continue;
    const commit = found.peeled ?? found.oid;
    const tag = found.peeled === undefined ? {} : { tagObject: found.oid };
    return { revision: `${name}@sha1:${commit}`, commit, refName: found.name, ...tag };
  }
  throw new GitError("ref-not-found", `couldn't find remote ref ${JSON.stringify(name)}`);
}
