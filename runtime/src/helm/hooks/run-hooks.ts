import type { HookEvent } from "@eddy/helm";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { codeOf, failure, throwIfCancelled, type ActionContext } from "../actions/action-context.ts";
import { buildObjects } from "../objects/build-objects.ts";
import { createObjects } from "../objects/create-objects.ts";
import { deleteObjects } from "../objects/delete-objects.ts";
import type { WaitStrategy } from "../ports.ts";
import type { HookExecution, Release, ReleaseHook } from "../record/release.ts";
import { outputHookLogs } from "./hook-logs.ts";
import { deletesOn, planHooks, withDefaultPolicy, type HookDeletePolicy } from "./plan-hooks.ts";

/** How hooks are run. */
export interface RunHooksOptions {
  event: HookEvent;
  wait: WaitStrategy;
  timeoutMs: number;
  serverSideApply: boolean;
  context: ActionContext;
}

/** Hooks that ran: the release with when and how, and what is to be deleted of them now that they have succeeded. */
export interface HooksRun {
  release: Release;
  /** Deletes what the policies say; hook output is handed over before. */
  cleanUp(): Promise<void>;
}

/**
 * Runs the hooks of an event one after the other, by weight, each until it has succeeded. The release is written to storage as each
 * one begins. Deletion after success is left to the caller, who may want to read logs first.
 * @throws ReleaseError RELEASE_HOOK_FAILED (retry); its `release` has the failed hook's times and phase, not stored yet.
 * Source: Helm `action/hooks.go`.
 */
export async function startHooks(release: Release, options: RunHooksOptions): Promise<HooksRun> {
  const { event, context } = options;
  const order = planHooks(release.hooks ?? [], event);
  let current = release;
  const done: ReleaseHook[] = [];
  for (const index of order) {
    throwIfCancelled(context);
    current = withHook(current, index, withDefaultPolicy(hookAt(current, index)));
    current = await runHook(current, index, { ...options, done });
    done.push(hookAt(current, index));
  }
  const cleanUp = async (): Promise<void> => {
    for (const hook of done.toReversed()) {
      await outputHookLogs(hook, release.namespace, "hook-succeeded", context);
      await deleteByPolicy(hook, "hook-succeeded", release.namespace, options);
    }
  };
  return { release: current, cleanUp };
}

/** As {@link startHooks}, and cleans up. */
export async function runHooks(release: Release, options: RunHooksOptions): Promise<Release> {
  const { release: current, cleanUp } = await startHooks(release, options);
  try {
    await cleanUp();
  } catch (error) {
    throw failure("RELEASE_HOOK_FAILED", messageOf(error), error, current);
  }
  return current;
}

async function runHook(
  release: Release,
  index: number,
  options: RunHooksOptions & { done: readonly ReleaseHook[] },
): Promise<Release> {
  const { event, context, wait, timeoutMs, serverSideApply } = options;
  const hook = hookAt(release, index);
  const objects = await prepare(hook, release, options);
  const started_at = context.timestamp();
  const running = withExecution(release, index, { started_at, phase: "Running" });
  await recordQuietly(running, context);
  const fail = (error: unknown, message: string): never => {
    const failed = withExecution(running, index, { started_at, completed_at: context.timestamp(), phase: "Failed" });
    throw failure(codeOf("RELEASE_HOOK_FAILED", context), message, error, failed);
  };
  let live: KubeObject[] = [];
  try {
    live = await createObjects(objects, { ...context, forceConflicts: false, serverSideApply });
  } catch (error) {
    return fail(error, `warning: Hook ${event} ${hook.path ?? ""} failed: ${messageOf(error)}`);
  }
  try {
    const signal = context.signal ? { signal: context.signal } : {};
    await context.waiterOf(wait).hookDone(live, { timeoutMs, ...signal });
  } catch (error) {
    await outputHookLogs(hook, release.namespace, "hook-failed", context);
    await cleanUpFailure(hook, release.namespace, options);
    return fail(error, messageOf(error));
  }
  return withExecution(running, index, { started_at, completed_at: context.timestamp(), phase: "Succeeded" });
}

/** Deletes what is left of the last run, and gives the objects to create. */
async function prepare(hook: ReleaseHook, release: Release, options: RunHooksOptions): Promise<KubeObject[]> {
  const { event, context } = options;
  try {
    await deleteByPolicy(hook, "before-hook-creation", release.namespace, options);
  } catch (error) {
    throw failure(codeOf("RELEASE_HOOK_FAILED", context), messageOf(error), error, release);
  }
  try {
    return await buildObjects(hook.manifest ?? "", { kube: context.kube, namespace: release.namespace });
  } catch (error) {
    const lead = `unable to build kubernetes object for ${event} hook ${hook.path ?? ""}`;
    throw failure("RELEASE_HOOK_FAILED", `${lead}: ${messageOf(error)}`, error, release);
  }
}

// What cannot be deleted after a failure is only logged: the failure itself is what counts.
async function cleanUpFailure(
  hook: ReleaseHook,
  namespace: string,
  options: RunHooksOptions & { done: readonly ReleaseHook[] },
): Promise<void> {
  const { context, done } = options;
  try {
    await deleteByPolicy(hook, "hook-failed", namespace, options);
    for (const earlier of done) await deleteByPolicy(earlier, "hook-succeeded", namespace, options);
  } catch (error) {
    context.log(`error deleting the hook resource on hook failure: ${messageOf(error)}`);
  }
}

async function deleteByPolicy(
  hook: ReleaseHook,
  policy: HookDeletePolicy,
  namespace: string,
  { context, wait, timeoutMs }: RunHooksOptions,
): Promise<void> {
  if (!deletesOn(hook, policy)) return;
  const { kube, clock, signal } = context;
  let objects: KubeObject[];
  try {
    objects = await buildObjects(hook.manifest ?? "", { kube, namespace });
  } catch (error) {
    const lead = `unable to build kubernetes object for deleting hook ${hook.path ?? ""}`;
    throw new EddyError("HOOK_INVALID", `${lead}: ${messageOf(error)}`, { cause: error });
  }
  const { remaining, errors } = await deleteObjects(objects, { kube, clock });
  if (errors.length > 0) {
    throw new EddyError("HOOK_NOT_DELETED", errors.map(messageOf).join("; "), { cause: errors[0] });
  }
  // Helm 4 does not wait here without --wait, and applies the new hook to an object that is about to go.
  const isBefore = policy === "before-hook-creation" && wait === "hookOnly";
  await context.waiterOf(isBefore ? "watcher" : wait).gone(remaining, { timeoutMs, ...(signal ? { signal } : {}) });
}

async function recordQuietly(release: Release, { storage, log }: ActionContext): Promise<void> {
  try {
    await storage.update(release);
  } catch (error) {
    log(`failed to update release ${release.name} revision ${release.version}: ${messageOf(error)}`);
  }
}

function hookAt({ hooks = [] }: Release, index: number): ReleaseHook {
  return hooks[index] as ReleaseHook;
}

function withHook(release: Release, index: number, hook: ReleaseHook): Release {
  return { ...release, hooks: (release.hooks ?? []).with(index, hook) };
}

function withExecution(release: Release, index: number, last_run: HookExecution): Release {
  return withHook(release, index, { ...hookAt(release, index), last_run });
}
