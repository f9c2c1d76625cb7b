import { releaseKind, type Release, type ReleaseCause, type ReleaseSpec } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { hasReason, type KubeClient } from "@eddy/kube";
import { awaitedVotesOf, type AwaitedVotes } from "@eddy/release-controller";
import { awaitObject } from "../cluster/await-object.ts";
import { getObject } from "../cluster/objects.ts";
import type { CommandContext } from "../command/context.ts";
import { gitUser } from "./git-user.ts";

/** What is told while a Release goes on; each once. */
export interface ReleaseFollower {
  onCreated?(release: Release): void;
  /** People are to vote first; told for each Approval, as what is asked about may change meanwhile. */
  onVotesAwaited?(votes: AwaitedVotes, release: Release): void;
  /** Commits are pushed, or it is over without. */
  onPushed?(release: Release): void;
  /** Applied, and the rollout is being waited for. */
  onRollout?(release: Release): void;
}

/**
 * Creates a Release as the person, and follows it to its end. With a `name` it is idempotent: one of that name is followed instead.
 * @throws KubeApiError when the person may not; EddyError WAIT_TIMEOUT, RELEASE_FAILED
 */
export async function submitRelease(
  namespace: string,
  spec: ReleaseSpec,
  context: CommandContext,
  follower: ReleaseFollower = {},
  name?: string,
): Promise<Release> {
  const kube = await context.kube();
  const { timeout } = context.flags;
  const created = await ensureRelease(kube, {
    apiVersion: "eddy.sh/v1alpha1",
    kind: "Release",
    metadata: { ...(name === undefined ? { name: "", generateName: "release-" } : { name }), namespace },
    spec: { ...spec, timeout: `${Math.ceil(timeout / 1000)}s` },
  });
  follower.onCreated?.(created);
  let [isPushed, isRollingOut] = [false, false];
  let asked: string | undefined;
  const ended = await awaitObject(kube, releaseKind, {
    namespace,
    name: created.metadata.name,
    // The controller gives up by itself; this is for one that does not run.
    timeoutMs: timeout + 5_000,
    clock: context.clock,
    signal: context.signal,
    until(object) {
      const { status } = object as Release;
      const isOver = status?.phase === "Succeeded" || status?.phase === "Failed";
      const votes = awaitedVotesOf(object as Release);
      if (votes && votes.approval !== asked) {
        asked = votes.approval;
        follower.onVotesAwaited?.(votes, object as Release);
      }
      if (!isPushed && ((status?.commits ?? []).length > 0 || isOver)) {
        isPushed = true;
        follower.onPushed?.(object as Release);
      }
      // Changes that follow each other closely are seen as one.
      const wasRolledOut = status?.phase === "Succeeded" && spec.wait === true && (status.commits ?? []).length > 0;
      if (!isRollingOut && (status?.phase === "RollingOut" || wasRolledOut)) {
        isRollingOut = true;
        follower.onRollout?.(object as Release);
      }
      return isOver;
    },
  });
  return ended as Release;
}

async function ensureRelease(kube: KubeClient, release: Release): Promise<Release> {
  const { name, namespace = "" } = release.metadata;
  try {
    return await kube.create<Release>(release);
  } catch (error) {
    if (name === "" || !hasReason(error, "AlreadyExists")) throw error;
    return (await getObject(kube, releaseKind, namespace, name)) as Release;
  }
}

/** The failure of a release, for a person; undefined for one that succeeded. */
export function failureOf({ status, metadata }: Release): EddyError | undefined {
  if (status?.phase !== "Failed") return undefined;
  const hint = `see \`eddy get release ${metadata.name} -n ${metadata.namespace ?? ""}\``;
  return new EddyError("RELEASE_FAILED", status.result ?? "the release failed", { class: "terminal", hint });
}

/** Who and why: as they say, else who Git on this machine knows. */
export async function causeOf(
  { user, message }: { user: string | undefined; message: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ cause?: ReleaseCause }> {
  const own = user ?? (await gitUser(env));
  const cause = { ...(own === undefined ? {} : { user: own }), ...(message === undefined ? {} : { message }) };
  return Object.keys(cause).length === 0 ? {} : { cause };
}
