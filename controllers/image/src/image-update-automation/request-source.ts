import { gitRepositoryKind, imageAutomationControllerName, requestedAtAnnotation, type GitRepository } from "@eddy/api";
import { uniqueTime } from "@eddy/core/clock";
import { refOf } from "@eddy/core/object";
import type { PushedChange } from "@eddy/git";
import type { Ports } from "./ports.ts";

/**
 * Asks GitRepositories that follow the pushed branch of this address to look at it at once, so that nobody waits for their interval.
 * Those who cannot be asked find the commit at their next look; nothing is lost.
 */
export async function requestSources(
  source: GitRepository,
  pushed: PushedChange,
  { kube, caches, clock }: Pick<Ports, "kube" | "caches" | "clock">,
): Promise<void> {
  const requestedAt = uniqueTime(clock.now());
  const metadata = { annotations: { [requestedAtAnnotation]: requestedAt } };
  const followers = [...caches.of<GitRepository>(gitRepositoryKind).list()].filter(
    (repository) => repository.spec.url === source.spec.url && follows(repository, pushed.refs),
  );
  await Promise.allSettled(
    followers.map((repository) =>
      kube.patch(
        { ...refOf(repository), version: "v1" },
        "merge",
        { metadata },
        {
          fieldManager: imageAutomationControllerName,
        },
      ),
    ),
  );
}

/** Whether a repository's `spec.ref` is one of these refs, and it looks at all. */
export function follows({ spec }: GitRepository, refs: readonly string[]): boolean {
  const { branch, commit, name, semver, tag } = spec.ref ?? {};
  if (spec.suspend === true || commit) return false;
  if (name) return refs.includes(name);
  return !semver && !tag && refs.includes(`refs/heads/${branch || "master"}`);
}
