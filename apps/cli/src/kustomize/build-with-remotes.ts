import { EddyError, messageOf } from "@eddy/core/errors";
import type { RemoteLoader } from "@eddy/kustomize";
import { createRemoteSources, needText, type RemoteAnswer, type RemoteNeed } from "./remote-sources.ts";

/** How {@link buildWithRemotes} is bounded. */
export interface BuildWithRemotesOptions {
  /** Things that one build may fetch. Default 500. */
  maxNeeds?: number;
  signal?: AbortSignal;
}

/**
 * Builds, fetches what the build lacked, and builds again until nothing is missing: building is synchronous, fetching is not.
 * What cannot be fetched fails in the build, which knows where it is named, or has another way.
 * @throws what `build` throws; EddyError LIMIT_EXCEEDED for a build that never has enough
 */
export async function buildWithRemotes<Result>(
  build: (remote: RemoteLoader) => Result,
  fetch: (need: RemoteNeed) => Promise<RemoteAnswer>,
  { maxNeeds = 500, signal }: BuildWithRemotesOptions = {},
): Promise<Result> {
  const sources = createRemoteSources();
  for (let count = 0; ; count++) {
    const outcome = attempt(() => build(sources));
    const need = sources.takeNeed();
    if (need === undefined) {
      if ("error" in outcome) throw outcome.error;
      return outcome.result;
    }
    signal?.throwIfAborted();
    if (count === maxNeeds) throw tooMany(need, maxNeeds);
    sources.settle(need, await fetch(need).catch(failure));
  }
}

function failure(error: unknown): RemoteAnswer {
  return { error: error instanceof Error ? error : new Error(messageOf(error)) };
}

function tooMany(need: RemoteNeed, maxNeeds: number): EddyError {
  return new EddyError(
    "LIMIT_EXCEEDED",
    `fetch '${needText(need)}': one build may fetch ${maxNeeds} remote files and repositories`,
    { class: "terminal" },
  );
}

function attempt<Result>(step: () => Result): { result: Result } | { error: unknown } {
  try {
    return { result: step() };
  } catch (error) {
    return { error };
  }
}
