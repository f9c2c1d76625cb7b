import { buildPackIndex } from "./build-pack-index.ts";
import { GitError, isGitError } from "./errors.ts";
import { encodeFetchV0, encodeFetchV2, readFetchAnswer } from "./fetch-pack.ts";
import { proveTree } from "./git-tree.ts";
import { parseCommit } from "./object.ts";
import { createPackIndex } from "./pack-index.ts";
import { createPackSink } from "./pack-sink.ts";
import type { GitLimits } from "./remote.ts";
import type { RepositoryCache } from "./repository-cache.ts";
import type { Transport } from "./transport.ts";

/** Packs up to this size stay in memory. */
const memoryLimit = 4 * 1024 * 1024;

/**
 * Makes commits whole in the cache: fetches what is missing, given what is there, and proves every tree. A damaged cache is
 * dropped once and fetched anew.
 */
export async function fetchCommits(
  commits: readonly string[],
  tagObjects: readonly string[],
  context: { transport: Transport; cache: RepositoryCache; limits: GitLimits; signal: AbortSignal },
): Promise<void> {
  const { cache } = context;
  cache.trim();
  const hadSomething = cache.objects().packs().length > 0;
  try {
    await fetchOnce();
  } catch (error) {
    if (!hadSomething || !isGitError(error, "protocol")) throw error;
    cache.reset();
    await fetchOnce();
  }

  async function fetchOnce(): Promise<void> {
    const objects = cache.objects();
    const missing = commits.filter((sha) => !cache.commits().includes(sha) || !objects.has(sha));
    const wants = [...new Set([...missing, ...tagObjects.filter((oid) => !objects.has(oid))])];
    if (wants.length > 0) await fetchPack(wants, context);
    for (const sha of commits) {
      prove(cache, sha);
      if (missing.includes(sha)) cache.addCommit(sha);
    }
  }
}

function prove(cache: RepositoryCache, sha: string): void {
  const object = cache.objects().read(sha);
  if (object?.type !== "commit")
    throw new GitError(
      "ref-not-found",
      `unable to resolve commit object for '${sha}': ${object ? `it is a ${object.type}` : "object not found"}`,
    );
  proveTree(cache.objects(), parseCommit(object.data).tree, cache.proven());
}

async function fetchPack(
  wants: readonly string[],
  {
    transport,
    cache,
    limits,
    signal,
  }: { transport: Transport; cache: RepositoryCache; limits: GitLimits; signal: AbortSignal },
): Promise<void> {
  const advertisement = await transport.advertisement(signal);
  const request = { wants, haves: cache.commits().filter((sha) => cache.objects().has(sha)) };
  const encode = advertisement.version === 2 ? encodeFetchV2 : encodeFetchV0;
  const body = encode(request, advertisement.capabilities);
  const reader = await transport.send(body, { signal, maxBytes: limits.maxPackBytes + limits.maxRefBytes });
  const sink = createPackSink({ maxBytes: limits.maxPackBytes, memoryLimit });
  try {
    await readFetchAnswer(reader, advertisement, (data) => sink.write(data));
    const objects = cache.objects();
    const bytes = sink.finish();
    const found = await buildPackIndex(bytes, {
      limits,
      signal,
      readBase: (oid) => objects.read(oid),
      onObject: (oid, object) => objects.remember(oid, object),
    });
    cache.addPack({ bytes, index: createPackIndex(found), trusted: true });
  } finally {
    sink.discard();
    await reader.finish();
  }
}
