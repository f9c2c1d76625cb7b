import {
  generatorLabel,
  type Artifact,
  type ArtifactGenerator,
  type ExternalArtifact,
  type ExternalArtifactReference,
} from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import type { KindCache } from "@eddy/runtime/controller";
import { externalArtifacts } from "./external-artifacts.ts";
import type { Ports } from "./ports.ts";

/**
 * Why the artifacts have to be made again, or undefined when everything is as it was left: the spec, the sources, the files, the
 * objects. Source: source-watcher `detectDrift`.
 */
export async function detectDrift(
  object: ArtifactGenerator,
  sourcesDigest: string,
  ports: Pick<Ports, "artifacts" | "caches">,
): Promise<string | undefined> {
  const { status, spec, metadata } = object;
  const ready = findCondition(status?.conditions, "Ready");
  if (ready?.status !== "True") return "NotReady";
  if (ready.observedGeneration !== metadata.generation) return "GenerationChanged";
  if (status?.observedSourcesDigest !== sourcesDigest) return "SourcesChanged";
  const inventory = status.inventory ?? [];
  const isFixed = spec.pathPattern === undefined || spec.pathPattern === "";
  if (isFixed && inventory.length !== spec.artifacts.length) return "ArtifactsChanged";
  const cache = externalArtifacts(ports);
  await cache.synced;
  if (!isInCluster(object, inventory, cache)) return "ExternalArtifactsChanged";
  for (const reference of inventory) {
    const artifact = cache.get(reference.namespace, reference.name)?.status?.artifact;
    if (!artifact || !(await ports.artifacts.verify(artifact)) || !hasCurrentUrl(artifact, ports))
      return "ArtifactMissing";
  }
  return undefined;
}

function hasCurrentUrl(artifact: Artifact, { artifacts }: Pick<Ports, "artifacts">): boolean {
  return artifacts.withCurrentUrl(artifact).url === artifact.url && !artifacts.isUnstored(artifact);
}

function isInCluster(
  { metadata }: ArtifactGenerator,
  inventory: readonly ExternalArtifactReference[],
  cache: KindCache<ExternalArtifact>,
): boolean {
  const owned = [...cache.list()].filter(
    (artifact) =>
      artifact.metadata.namespace === metadata.namespace && artifact.metadata.labels?.[generatorLabel] === metadata.uid,
  );
  if (owned.length !== inventory.length) return false;
  return owned.every((artifact) =>
    inventory.some(
      ({ name, namespace, digest }) =>
        name === artifact.metadata.name &&
        namespace === artifact.metadata.namespace &&
        digest === artifact.status?.artifact?.digest,
    ),
  );
}
