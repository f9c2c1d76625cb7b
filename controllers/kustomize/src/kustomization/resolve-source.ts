import { sourceGroup, type Artifact, type Kustomization } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { formatObjectName, valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";
import { retryIntervalOf } from "./timing.ts";

const originKey = "org.opencontainers.image.revision";

/** The artifact that a pass works on. */
export interface ResolvedSource {
  ref: ObjectRef;
  artifact: Artifact;
  revision: string;
  /** Revision of what the artifact was made of, for OCI artifacts. */
  originRevision: string | undefined;
}

/** The reference to the source of a Kustomization. */
export function sourceRefOf({ spec, metadata }: Pick<Kustomization, "spec" | "metadata">): ObjectRef {
  const { kind, name, namespace = metadata.namespace ?? "" } = spec.sourceRef;
  return { group: sourceGroup, kind, name, namespace };
}

/**
 * The source's artifact.
 * @throws StepError ArtifactFailed (retry when the source is not there, waiting while it has no artifact), AccessDenied
 * (terminal) under lockdown, and for an ExternalArtifact without its gate.
 */
export async function resolveSource(object: Kustomization, ports: Ports): Promise<ResolvedSource> {
  const ref = sourceRefOf(object);
  if (ports.settings.noCrossNamespaceRefs && ref.namespace !== object.metadata.namespace) {
    const message = `can't access '${formatObjectName(ref)}', cross-namespace references have been blocked`;
    throw new StepError("AccessDenied", message, { class: "terminal" });
  }
  if (ref.kind === "ExternalArtifact" && !ports.settings.allowExternalArtifact) {
    const message = `can't access '${formatObjectName(ref)}', ExternalArtifact feature gate is disabled`;
    throw new StepError("AccessDenied", message, { class: "terminal" });
  }
  const source = ports.caches.get(ref) ?? (await readSource(ref, object, ports));
  const artifact = artifactOf(source);
  if (!artifact) {
    const { requeueDependencyMs } = ports.settings;
    const message = `Source artifact not found, retrying in ${formatDuration(requeueDependencyMs)}`;
    throw new StepError("ArtifactFailed", message, {
      class: "waiting",
      retryAfterMs: requeueDependencyMs,
      eventMessage: "",
    });
  }
  return {
    ref,
    artifact,
    revision: artifact.revision,
    originRevision: artifact.metadata?.[originKey],
  };
}

async function readSource(ref: ObjectRef, object: Kustomization, ports: Ports): Promise<KubeObject> {
  try {
    return await ports.kube.get(ref);
  } catch (cause) {
    if (hasReason(cause, "NotFound")) {
      // The watch on sources brings it when it appears.
      const retryAfterMs = retryIntervalOf(object);
      throw new StepError("ArtifactFailed", `${ref.kind}.${ref.group} "${ref.name}" not found`, {
        class: "waiting",
        retryAfterMs,
        eventMessage: "",
        cause,
      });
    }
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new StepError("ArtifactFailed", `unable to get source '${ref.namespace}/${ref.name}': ${text}`, { cause });
  }
}

/** Whether a pass over one would say and do what one over the other did. */
export function isSameArtifact(left: Artifact | undefined, right: Artifact | undefined): boolean {
  return (
    left?.digest === right?.digest &&
    left?.revision === right?.revision &&
    left?.metadata?.[originKey] === right?.metadata?.[originKey]
  );
}

/** The artifact that a source has; undefined while it has none. */
export function artifactOf(source: KubeObject): Artifact | undefined {
  const artifact = valueAt(source, "status", "artifact") as Artifact | undefined;
  return artifact?.revision === undefined || artifact.digest === undefined ? undefined : artifact;
}
