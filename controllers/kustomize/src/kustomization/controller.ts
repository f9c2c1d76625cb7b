import {
  fluxFinalizer,
  kustomizeControllerName,
  kustomizeGroup,
  kustomizeStatusManager,
  sourceGroup,
  type Kustomization,
} from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import { defineController, type ControllerDefinition, type WatchDefinition } from "@eddy/runtime/controller";
import { knownDependencyRefsOf } from "@eddy/runtime/dependencies";
import { changesReadiness } from "./check-dependencies.ts";
import { decryptionRefOf } from "./decryption/decryption-ref.ts";
import { finalizeKustomization } from "./finalize.ts";
import { variableRefsOf } from "./load-variables.ts";
import type { Ports } from "./ports.ts";
import { reconcileKustomization } from "./reconcile.ts";
import { remoteRefOf } from "./remote-clusters.ts";
import { artifactOf, isSameArtifact, sourceRefOf } from "./resolve-source.ts";
import { retryIntervalOf } from "./timing.ts";

const sources: readonly WatchDefinition[] = ["GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"].map(
  (kind) => ({
    kind: { group: sourceGroup, version: "v1", kind },
    matters: artifactChanged,
  }),
);

/** Kustomizations: what they watch, and the pass. */
export const kustomizationController: ControllerDefinition<Kustomization, Ports> = defineController<
  Kustomization,
  Ports
>({
  kind: { group: kustomizeGroup, version: "v1", kind: "Kustomization" },
  name: kustomizeControllerName,
  fieldManager: kustomizeStatusManager,
  finalizer: fluxFinalizer,
  watches: [
    ...sources,
    {
      kind: { group: kustomizeGroup, version: "v1", kind: "Kustomization" },
      matters: (before, after) =>
        changesReadiness(before as Kustomization | undefined, after as Kustomization | undefined),
    },
    { kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true },
    { kind: { group: "", version: "v1", kind: "ConfigMap" }, metadataOnly: true },
  ],
  references(object) {
    const others = [remoteRefOf(object), decryptionRefOf(object)].filter((ref) => ref !== undefined);
    return [sourceRefOf(object), ...knownDependencyRefsOf(object), ...variableRefsOf(object), ...others];
  },
  observesSuspended: ({ status }) => isTrue(status?.conditions, "Ready"),
  retry: (object) => ({ kind: "fixed", delayMs: retryIntervalOf(object) }),
  reconcile: reconcileKustomization,
  finalize: finalizeKustomization,
});

/** Whether a source has something new to apply, or came, or went. */
export function artifactChanged(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!before || !after) return true;
  return !isSameArtifact(artifactOf(before), artifactOf(after));
}
