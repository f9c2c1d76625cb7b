import { approvalKind, helmReleaseKind, type HelmRelease } from "@eddy/api";
import { valueAt } from "@eddy/core/object";
import {
  startWhenMarked,
  startWhenUsed,
  type ControllerEnvironment,
  type ControllerHandle,
} from "@eddy/runtime/controller";
import type { UpdatesController, UpdatesControllerOptions } from "./create-updates-controller.ts";
import { trackedKinds } from "./tracked-kinds.ts";

/** The first thing that a cluster gets must not wait for labels to be looked for. */
const watchAfterMs = 2_500;

/**
 * Updates by labels, and Approvals, by the name of their handles. What is loaded and watched before there is such a label or an
 * Approval is next to nothing: the metadata of workloads, a moment after the start.
 */
export function startUpdatesControllers(
  environment: ControllerEnvironment,
  options: UpdatesControllerOptions,
): Map<string, ControllerHandle> {
  let controller: Promise<UpdatesController> | undefined;
  const load = (): Promise<UpdatesController> =>
    (controller ??= import("./create-updates-controller.ts").then((module) => module.createUpdatesController(options)));
  const startApprovals = async (): Promise<UpdatesController["startApprovals"]> => (await load()).startApprovals;
  const startUpdates = async (): Promise<UpdatesController["startUpdates"]> => (await load()).startUpdates;
  const marks = {
    name: "updates",
    kinds: trackedKinds,
    prefixes: ["keel.sh/", "keel.observer/"],
    afterMs: watchAfterMs,
    alsoWhen: (use: () => void) => whenReleasesHaveKeel(environment, use),
  };
  return new Map([
    ["Approval", startWhenUsed(approvalKind, startApprovals, environment)],
    ["Updates", startWhenMarked(marks, startUpdates, environment)],
  ]);
}

/** HelmReleases are watched in any case: their values say it. */
function whenReleasesHaveKeel({ caches }: ControllerEnvironment, use: () => void): () => void {
  const releases = caches.of<HelmRelease>(helmReleaseKind);
  const look = (release: HelmRelease | undefined): void => {
    if (release && valueAt(release, "spec", "values", "keel") !== undefined) use();
  };
  for (const release of releases.list()) look(release);
  return releases.subscribe(({ after }) => look(after));
}
