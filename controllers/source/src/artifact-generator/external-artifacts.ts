import {
  generatorLabel,
  sourceExtensionsGroup,
  sourceGroup,
  type Artifact,
  type ArtifactGenerator,
  type ExternalArtifact,
  type ExternalArtifactReference,
} from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { deepEqual } from "@eddy/core/json";
import { hasReason } from "@eddy/kube";
import type { KindCache } from "@eddy/runtime/controller";
import { ownerOf } from "../source/owner.ts";
import type { Ports } from "./ports.ts";

/** Controller of ArtifactGenerators, and field manager of what they write. */
export const sourceWatcherName = "source-watcher";

const managedByLabel = "app.kubernetes.io/managed-by";
const kind = { group: sourceGroup, version: "v1", kind: "ExternalArtifact" };

/** All ExternalArtifacts. */
export function externalArtifacts({ caches }: Pick<Ports, "caches">): KindCache<ExternalArtifact> {
  return caches.of<ExternalArtifact>(kind);
}

/** The object that a generator makes of an artifact, without its status. */
export function desiredObject(
  generator: ArtifactGenerator,
  name: string,
  labels: Readonly<Record<string, string>>,
): ExternalArtifact {
  const { name: generatorName, namespace = "", uid = "" } = generator.metadata;
  const shared = generator.spec.commonMetadata;
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "ExternalArtifact",
    metadata: {
      name,
      namespace,
      labels: { ...shared?.labels, ...labels, [managedByLabel]: sourceWatcherName, [generatorLabel]: uid },
      ...(shared?.annotations === undefined ? {} : { annotations: shared.annotations }),
    },
    spec: {
      sourceRef: {
        apiVersion: `${sourceExtensionsGroup}/v1beta1`,
        kind: "ArtifactGenerator",
        name: generatorName,
        namespace,
      },
    },
  };
}

/**
 * Writes an ExternalArtifact and its status, unless they are that already.
 * @throws what the client throws
 */
export async function applyExternalArtifact(
  desired: ExternalArtifact,
  artifact: Artifact,
  ports: Pick<Ports, "kube" | "caches" | "clock">,
): Promise<void> {
  const { namespace = "", name } = desired.metadata;
  const cache = externalArtifacts(ports);
  await cache.synced;
  const live = cache.get(namespace, name);
  const options = { fieldManager: sourceWatcherName, force: true };
  const applied =
    live && isAsDesired(live, desired) ? live : await ports.kube.apply<ExternalArtifact>(desired, options);
  if (deepEqual(live?.status?.artifact, artifact)) return;
  const { generation = 0 } = applied.metadata;
  const ready = {
    type: "Ready",
    status: "True" as const,
    reason: "Succeeded",
    message: "Artifact is ready",
    observedGeneration: generation,
    lastTransitionTime: formatTime(new Date(ports.clock.now())),
  };
  const status = { artifact, conditions: [ready] };
  const { apiVersion } = desired;
  const written = await ports.kube.apply<ExternalArtifact>(
    { apiVersion, kind: desired.kind, metadata: { name, namespace }, status } as ExternalArtifact,
    { ...options, subresource: "status" },
  );
  cache.observe(written);
}

function isAsDesired(live: ExternalArtifact, desired: ExternalArtifact): boolean {
  const has = (given: Record<string, string> | undefined, wanted: Record<string, string> | undefined): boolean =>
    Object.entries(wanted ?? {}).every(([key, value]) => given?.[key] === value);
  return (
    deepEqual(live.spec, desired.spec) &&
    has(live.metadata.labels, desired.metadata.labels) &&
    has(live.metadata.annotations, desired.metadata.annotations)
  );
}

/** Deletes ExternalArtifacts and their files. What is gone already is no error. */
export async function removeExternalArtifacts(
  refs: readonly Pick<ExternalArtifactReference, "name" | "namespace">[],
  { kube, artifacts }: Pick<Ports, "kube" | "artifacts">,
): Promise<void> {
  for (const { name, namespace } of refs) {
    try {
      await kube.delete({ ...kind, name, namespace });
    } catch (error) {
      if (!hasReason(error, "NotFound")) throw error;
    }
    await artifacts.removeAll(ownerOf({ apiVersion: "", kind: kind.kind, metadata: { name, namespace } }));
  }
}
