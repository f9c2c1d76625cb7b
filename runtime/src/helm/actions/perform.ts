import type { HookEvent } from "@eddy/helm";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { runHooks } from "../hooks/run-hooks.ts";
import type { WaitStrategy } from "../ports.ts";
import type { Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import { codeOf, failure, throwIfCancelled, type ActionContext } from "./action-context.ts";

/** How an action waits and runs hooks. */
export interface Pace {
  wait: WaitStrategy;
  waitForJobs: boolean;
  timeoutMs: number;
  disableHooks: boolean;
  serverSideApply: boolean;
}

/**
 * The hooks of an event, unless they are disabled.
 * @throws ReleaseError RELEASE_HOOK_FAILED with `lead` before what failed.
 */
export async function performHooks(
  release: Release,
  { event, lead, pace }: { event: HookEvent; lead: string; pace: Pace },
  context: ActionContext,
): Promise<Release> {
  if (pace.disableHooks) return release;
  const { wait, timeoutMs, serverSideApply } = pace;
  try {
    return await runHooks(release, { event, wait, timeoutMs, serverSideApply, context });
  } catch (error) {
    const at = error instanceof ReleaseError ? error.release : undefined;
    const message = lead === "" ? messageOf(error) : `${lead}: ${messageOf(error)}`;
    throw failure(codeOf("RELEASE_HOOK_FAILED", context), message, error, at ?? release);
  }
}

/** Waits for what was applied. @throws ReleaseError RELEASE_WAIT_FAILED. */
export async function performWait(applied: readonly KubeObject[], pace: Pace, context: ActionContext): Promise<void> {
  throwIfCancelled(context);
  const { wait, waitForJobs, timeoutMs } = pace;
  const signal = context.signal ? { signal: context.signal } : {};
  try {
    await context.waiterOf(wait).ready(applied, { jobs: waitForJobs, timeoutMs, ...signal });
  } catch (error) {
    throw failure(codeOf("RELEASE_WAIT_FAILED", context), messageOf(error), error);
  }
}

/** The release that an error carries, or the one that is known. */
export function releaseOf(error: unknown, known: Release): Release {
  return error instanceof ReleaseError && error.release ? error.release : known;
}

/** The error with the release that it left behind. */
export function withRelease(error: unknown, release: Release, message: string = messageOf(error)): ReleaseError {
  const code = error instanceof ReleaseError ? error.code : "RELEASE_APPLY_FAILED";
  return failure(code, message, error, release);
}

/** Writes a release that is on record; that it could not be is only logged, as what happened counts for more. */
export async function recordRelease(release: Release, { storage, log }: ActionContext): Promise<void> {
  try {
    await storage.update(release);
  } catch (error) {
    log(`failed to update release ${release.name} revision ${release.version}: ${messageOf(error)}`);
  }
}
