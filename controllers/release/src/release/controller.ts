import { eddyGroup, fluxFinalizer, kustomizeGroup, helmGroup, sourceGroup, type Release } from "@eddy/api";
import { defineController, type ControllerDefinition } from "@eddy/runtime/controller";
import { changedWorkloads, deliverersOf, workloadRef } from "./await-release.ts";
import type { ReleasePorts } from "./ports.ts";
import { approvalOf } from "./release-votes.ts";
import { reconcileRelease } from "./reconcile.ts";

/** Name of the controller, in events and as field manager. */
export const releaseControllerName = "release-controller";

/** Releases: what they watch while they wait, and the pass. */
export const releaseController: ControllerDefinition<Release, ReleasePorts> = defineController<Release, ReleasePorts>({
  kind: { group: eddyGroup, version: "v1alpha1", kind: "Release" },
  name: releaseControllerName,
  fieldManager: releaseControllerName,
  finalizer: fluxFinalizer,
  watches: [
    { kind: { group: eddyGroup, version: "v1alpha1", kind: "Approval" } },
    { kind: { group: sourceGroup, version: "v1", kind: "GitRepository" } },
    { kind: { group: kustomizeGroup, version: "v1", kind: "Kustomization" } },
    { kind: { group: helmGroup, version: "v2", kind: "HelmRelease" } },
    { kind: { group: "apps", version: "v1", kind: "Deployment" }, metadataOnly: true },
    { kind: { group: "apps", version: "v1", kind: "StatefulSet" }, metadataOnly: true },
    { kind: { group: "apps", version: "v1", kind: "DaemonSet" }, metadataOnly: true },
    { kind: { group: "batch", version: "v1", kind: "CronJob" }, metadataOnly: true },
  ],
  references(object) {
    const phase = object.status?.phase;
    if (phase === "AwaitingApproval") return [{ group: eddyGroup, kind: "Approval", ...approvalOf(object) }];
    if (phase !== "Applying" && phase !== "RollingOut") return [];
    return [...deliverersOf(object), ...changedWorkloads(object).map(({ id }) => workloadRef(id))];
  },
  reconcile: reconcileRelease,
});
