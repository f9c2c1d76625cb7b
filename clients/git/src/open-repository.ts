import { systemClock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { sortKeys, type JsonObject } from "@eddy/core/json";
import { encodeListRefs } from "./fetch-pack.ts";
import { readRefsV2 } from "./advertisement.ts";
import { connect, parseAddress, withoutUserInfo } from "./connect.ts";
import { unlessAborted, withDeadline } from "./deadline.ts";
import { fetchCommits } from "./fetch-commits.ts";
import { createGitTree } from "./git-tree.ts";
import { parseCommit, parseTag } from "./object.ts";
import { createRefPoller } from "./ref-poller.ts";
import type {
  FetchOptions,
  GitCommit,
  GitLimits,
  GitReference,
  GitRemote,
  GitRef,
  OpenRepositoryOptions,
  ResolvedRef,
} from "./remote.ts";
import { repositoryCache, type RepositoryCache } from "./repository-cache.ts";
import { prefixesOf, resolveReference } from "./resolve-reference.ts";
import { fetchSubmodules } from "./submodules.ts";

const defaultLimits: GitLimits = {
  maxPackBytes: 1024 ** 3,
  maxObjectBytes: 128 * 1024 ** 2,
  maxObjects: 2_000_000,
  maxRefBytes: 64 * 1024 ** 2,
};

/**
 * Opens a remote: `http(s)://`, `ssh://`, `file://` or a folder. Nothing is sent yet.
 * @throws GitError `configuration` for an address or credentials that can never work.
 */
export function openRepository(url: string, options: OpenRepositoryOptions = {}): GitRemote {
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.timeoutMs ?? 60_000;
  const limits = { ...defaultLimits, ...options.limits };
  const address = parseAddress(url);
  const transport = connect(address, { ...options, clock, maxRefBytes: limits.maxRefBytes });
  const cache = repositoryCache(accessOf(address.kind === "local" ? address.path : url, options), {
    cacheDir: options.cacheDir,
    cacheBytes: options.objectCacheBytes,
    maxObjectBytes: limits.maxObjectBytes,
  });
  const inTurn = createTurns();
  const bounded = <R>(signal: AbortSignal | undefined, action: (signal: AbortSignal) => Promise<R>): Promise<R> =>
    withDeadline({ clock, timeoutMs, signal }, action);

  const poll = createRefPoller((prefixes) => inTurn(() => bounded(undefined, (signal) => askRefs(prefixes, signal))));
  const askRefs = async (prefixes: readonly string[], signal: AbortSignal): Promise<GitRef[]> => {
    const advertisement = await transport.advertisement(signal, { fresh: true });
    if (advertisement.version !== 2) return [...advertisement.refs];
    const reader = await transport.send(encodeListRefs(prefixes, advertisement.capabilities), {
      signal,
      maxBytes: limits.maxRefBytes,
    });
    try {
      return await readRefsV2(reader);
    } finally {
      await reader.finish();
    }
  };

  const bring = (commits: readonly string[], tags: readonly string[], signal?: AbortSignal): Promise<void> =>
    inTurn(() =>
      bounded(signal, (limited) => fetchCommits(commits, tags, { transport, cache, limits, signal: limited })),
    );

  return {
    url,
    listRefs: ({ prefixes = [], signal } = {}) => unlessAborted(poll(prefixes), signal),
    async resolve(reference, { signal } = {}) {
      const list = (prefixes: readonly string[]): Promise<GitRef[]> => unlessAborted(poll(prefixes), signal);
      const { candidates } = await resolveAmong(reference, list, withoutUserInfo(url));
      const [first] = candidates;
      if (candidates.length === 1 && first) return first;
      await bring(
        candidates.map(({ commit }) => commit),
        [],
        signal,
      );
      return newest(candidates, cache);
    },
    async fetch(resolved, fetchOptions = {}) {
      await bring([resolved.commit], resolved.tagObject === undefined ? [] : [resolved.tagObject], fetchOptions.signal);
      return commitOf(resolved, cache, fetchOptions, { url, options });
    },
    close: () => transport.close(),
  };
}

/** Where, as whom and by which way: whoever asks as somebody else, or by a proxy that answers in a server's name, shares nothing. */
function accessOf(url: string, { auth = {}, proxy }: OpenRepositoryOptions): string {
  const { username, password, bearerToken, principal, ...rest } = auth;
  const who = principal ?? [username, password, bearerToken, url];
  return `${withoutUserInfo(url)}\0${sha256(JSON.stringify([who, sortKeys(rest as JsonObject), proxy]))}`;
}

/** Refs by prefix say nothing about a repository without refs: only the whole list does. */
async function resolveAmong(
  reference: GitReference,
  list: (prefixes: readonly string[]) => Promise<GitRef[]>,
  url: string,
): Promise<ReturnType<typeof resolveReference>> {
  const refs = await list(prefixesOf(reference));
  return resolveReference(reference, refs.length === 0 ? await list([]) : refs, url);
}

function newest(candidates: readonly ResolvedRef[], cache: RepositoryCache): ResolvedRef {
  const whenOf = (resolved: ResolvedRef): number =>
    parseCommit(cache.objects().require(resolved.commit, "commit")).committer.when;
  return candidates.reduce((best, candidate) => (whenOf(candidate) > whenOf(best) ? candidate : best));
}

async function commitOf(
  resolved: ResolvedRef,
  cache: RepositoryCache,
  fetchOptions: FetchOptions,
  parent: { url: string; options: OpenRepositoryOptions },
): Promise<GitCommit> {
  const objects = cache.objects();
  const commit = parseCommit(objects.require(resolved.commit, "commit"));
  const tag = resolved.tagObject === undefined ? undefined : objects.read(resolved.tagObject);
  const plain = createGitTree(objects, commit.tree);
  const submodules = fetchOptions.submodules ? (cache.proven().get(commit.tree) ?? []) : [];
  const mounts = await fetchSubmodules(plain, submodules, parent, openRepository, fetchOptions.signal);
  return {
    sha: resolved.commit,
    revision: resolved.revision,
    parents: commit.parents,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    signature: commit.signature,
    payload: commit.payload,
    tag: tag?.type === "tag" ? parseTag(resolved.tagObject ?? "", tag.data) : undefined,
    tree: mounts.size === 0 ? plain : createGitTree(objects, commit.tree, mounts),
  };
}

/** One conversation at a time: what comes later waits. */
function createTurns(): <R>(action: () => Promise<R>) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action, action);
    last = turn.catch(() => {});
    return turn;
  };
}
