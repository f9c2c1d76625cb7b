import {
  disabledValue,
  generatorReconcileKey,
  sourceExtensionsGroup,
  sourceGroup,
  type ArtifactGenerator,
} from "@eddy/api";
import { deepEqual } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { defineController, type ControllerDefinition, type WatchDefinition } from "@eddy/runtime/controller";
import type { Source } from "../source/source.ts";
import { removeExternalArtifacts, sourceWatcherName } from "./external-artifacts.ts";
import { sourceRefsOf } from "./observe-sources.ts";
import type { Ports } from "./ports.ts";
import { reconcileArtifactGenerator } from "./reconcile.ts";

const kinds = ["GitRepository", "OCIRepository", "Bucket", "HelmChart", "ExternalArtifact"];

function matters(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!after) return true;
  const [former, now] = [before, after].map((object) => {
    const { artifact } = (object as Source | undefined)?.status ?? {};
    return [artifact?.revision, artifact?.digest, artifact?.url, object?.metadata.labels];
  });
  return !deepEqual(former, now);
}

/** ArtifactGenerators: what they watch, and the pass. What they made is watched, too: a change of it is undone. */
export const artifactGeneratorController: ControllerDefinition<ArtifactGenerator, Ports> = defineController<
  ArtifactGenerator,
  Ports
>({
  kind: { group: sourceExtensionsGroup, version: "v1beta1", kind: "ArtifactGenerator" },
  name: sourceWatcherName,
  fieldManager: sourceWatcherName,
  finalizer: "source.extensions.fluxcd.io/finalizer",
  observesGeneration: false,
  isSuspended: ({ metadata }) => metadata.annotations?.[generatorReconcileKey]?.toLowerCase() === disabledValue,
  watches: kinds.map((kind): WatchDefinition => ({ kind: { group: sourceGroup, version: "v1", kind }, matters })),
  references: (object) => [
    ...sourceRefsOf(object),
    ...(object.status?.inventory ?? []).map(({ name, namespace }) => ({
      group: sourceGroup,
      kind: "ExternalArtifact",
      namespace,
      name,
    })),
  ],
  reconcile: reconcileArtifactGenerator,
  async finalize(run, ports) {
    await removeExternalArtifacts(run.object.status?.inventory ?? [], ports);
    return run.finalized();
  },
});
