import { fluxFinalizer, helmControllerName, helmGroup, kustomizeGroup, sourceGroup, type HelmRelease } from "@eddy/api";
import { defineController, type ControllerDefinition, type WatchDefinition } from "@eddy/runtime/controller";
import { knownDependencyRefsOf } from "@eddy/runtime/dependencies";
import { changesReadiness } from "./check-dependencies.ts";
import { finalizeHelmRelease } from "./finalize.ts";
import { valuesRefsOf } from "./load-values.ts";
import type { Ports } from "./ports.ts";
import { reconcileHelmRelease } from "./reconcile.ts";
import { remoteRefOf } from "./remote-clusters.ts";
import { chartSourceRef, sourceChanged } from "./resolve-source.ts";

const sources: readonly WatchDefinition[] = ["HelmChart", "OCIRepository", "ExternalArtifact"].map((kind) => ({
  kind: { group: sourceGroup, version: "v1", kind },
  matters: sourceChanged,
}));

const dependencies: readonly WatchDefinition[] = [
  { kind: { group: helmGroup, version: "v2", kind: "HelmRelease" }, matters: changesReadiness },
  { kind: { group: kustomizeGroup, version: "v1", kind: "Kustomization" }, matters: changesReadiness },
];

/** HelmReleases: what they watch, and the pass. */
export const helmReleaseController: ControllerDefinition<HelmRelease, Ports> = defineController<HelmRelease, Ports>({
  kind: { group: helmGroup, version: "v2", kind: "HelmRelease" },
  name: helmControllerName,
  fieldManager: helmControllerName,
  finalizer: fluxFinalizer,
  watches: [
    ...sources,
    ...dependencies,
    { kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true },
    { kind: { group: "", version: "v1", kind: "ConfigMap" }, metadataOnly: true },
  ],
  references(object) {
    const source = chartSourceRef(object);
    const remote = remoteRefOf(object);
    return [
      ...(source ? [source] : []),
      ...(remote ? [remote] : []),
      ...knownDependencyRefsOf(object),
      ...valuesRefsOf(object),
    ];
  },
  retryingReason: "Progressing",
  observesSuspended: () => true,
  reconcile: reconcileHelmRelease,
  finalize: finalizeHelmRelease,
});
