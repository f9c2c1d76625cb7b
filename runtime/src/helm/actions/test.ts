import { messageOf } from "@eddy/core/errors";
import { hasReason } from "@eddy/kube";
import { containersOf, readLog } from "../hooks/hook-logs.ts";
import { planHooks } from "../hooks/plan-hooks.ts";
import { startHooks } from "../hooks/run-hooks.ts";
import type { ReleasePorts } from "../ports.ts";
import { requireReleaseName } from "../record/release-name.ts";
import type { Release, ReleaseHook } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { TestRequest } from "../requests.ts";
import { contextOf, defaultTimeoutMs, failure, type ActionContext } from "./action-context.ts";
import { releaseOf } from "./perform.ts";

/**
 * Runs the test hooks of a release's newest revision, and stores how they ended.
 * @throws ReleaseError RELEASE_NOT_FOUND, RELEASE_NAME_INVALID; RELEASE_HOOK_FAILED with the release as stored when a test failed.
 * Source: Helm `action/release_testing.go`.
 */
export async function testRelease(request: TestRequest, ports: ReleasePorts): Promise<Release> {
  const context = contextOf(ports);
  const { name, timeoutMs = defaultTimeoutMs } = request;
  requireReleaseName(name, "releaseTest: Release name is invalid");
  const stored = await context.storage.last(name);
  if (!stored) throw new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { class: "terminal" });
  const { skipped, chosen } = chooseHooks(stored.hooks ?? [], request);
  const whole = (release: Release): Release => withHooks(release, [...skipped, ...(release.hooks ?? [])]);
  const serverSideApply = stored.apply_method === "ssa";
  // The records that running hooks write must not lose the others.
  const storage = { ...context.storage, update: (release: Release) => context.storage.update(whole(release)) };
  const run = { event: "test", wait: "watcher", timeoutMs, serverSideApply, context: { ...context, storage } } as const;
  const selected = withHooks(stored, chosen);
  try {
    const { release, cleanUp } = await startHooks(selected, run);
    const tested = whole(release);
    await context.storage.update(tested);
    await readLogs(release, request, context);
    await cleanUp();
    return tested;
  } catch (error) {
    const tested = whole(releaseOf(error, selected));
    await context.storage.update(tested);
    await readLogs(withHooks(tested, chosen), request, context);
    throw failure("RELEASE_HOOK_FAILED", messageOf(error), error, tested);
  }
}

/** Which hooks are run, and which are left alone. Pure. */
export function chooseHooks(
  hooks: readonly ReleaseHook[],
  { filters = [] }: Pick<TestRequest, "filters">,
): { skipped: ReleaseHook[]; chosen: ReleaseHook[] } {
  const included = filters.filter(({ exclude = false }) => !exclude).map(({ name }) => name);
  const excluded = filters.filter(({ exclude = false }) => exclude).map(({ name }) => name);
  const isChosen = ({ name = "" }: ReleaseHook): boolean =>
    !excluded.includes(name) && (included.length === 0 || included.includes(name));
  return { skipped: hooks.filter((hook) => !isChosen(hook)), chosen: hooks.filter(isChosen) };
}

function withHooks(release: Release, hooks: readonly ReleaseHook[]): Release {
  const { hooks: _hooks, ...rest } = release;
  return hooks.length === 0 ? rest : { ...rest, hooks };
}

async function readLogs(release: Release, { onPodLog }: TestRequest, { kube, log }: ActionContext): Promise<void> {
  if (!onPodLog) return;
  const hooks = release.hooks ?? [];
  for (const index of planHooks(hooks, "test")) {
    const { name: pod = "", kind } = hooks[index] as ReleaseHook;
    if (kind !== "Pod") continue;
    const { namespace } = release;
    try {
      const live = await kube.get({ group: "", version: "v1", kind: "Pod", namespace, name: pod });
      for (const container of [...containersOf(live, "initContainers"), ...containersOf(live, "containers")]) {
        onPodLog({ pod, container }, await readLog({ namespace, pod, container }, kube));
      }
    } catch (error) {
      log(hasReason(error, "NotFound") ? `unable to get pod ${pod}: ${messageOf(error)}` : messageOf(error));
    }
  }
}
