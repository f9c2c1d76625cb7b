import {
  sourceConditionTypes,
  sourceGroup,
  sourceReasons,
  type Artifact,
  type HelmChart,
  type HelmRepository,
} from "@eddy/api";
import { StepError, type Caches, type Run } from "@eddy/runtime/controller";
import type { Source } from "../source/source.ts";

/** Where a chart comes from. */
export type ChartOrigin =
  | { readonly kind: "repository"; readonly repository: HelmRepository; readonly artifact: Artifact | undefined }
  | { readonly kind: "files"; readonly artifact: Artifact };

const condition = sourceConditionTypes.fetchFailed;
const kinds = ["HelmRepository", "GitRepository", "Bucket"];

/**
 * The source that `spec.sourceRef` names. Source: source-controller `getSource`.
 * @throws StepError SourceUnavailable (retry), UnsupportedSourceKind (terminal), NoSourceArtifact (waiting) with FetchFailed
 */
export function resolveSource(
  run: Run<HelmChart>,
  { caches, requeueDependencyMs }: { caches: Caches; requeueDependencyMs: number },
): ChartOrigin {
  const { metadata, spec } = run.object;
  const { kind, name } = spec.sourceRef;
  if (!kinds.includes(kind)) {
    const message = `failed to get source: unsupported source kind '${kind}', must be one of: [${kinds.join(" ")}]`;
    throw new StepError(sourceReasons.unsupportedSourceKind, message, { class: "terminal", condition });
  }
  const found = caches.get<Source>({ group: sourceGroup, kind, namespace: metadata.namespace ?? "", name });
  if (!found) {
    const message = `failed to get source: ${kind}.${sourceGroup} "${name}" not found`;
    throw new StepError(sourceReasons.sourceUnavailable, message, { class: "retry", condition });
  }
  const artifact = found.status?.artifact;
  if (kind === "HelmRepository") {
    const repository = found as HelmRepository;
    if (repository.spec.type === "oci" || artifact) return { kind: "repository", repository, artifact };
  } else if (artifact) return { kind: "files", artifact };

  const message = `no artifact available for ${kind} source '${name}'`;
  run.event({ severity: "trace", reason: sourceReasons.noSourceArtifact, message });
  throw new StepError(sourceReasons.noSourceArtifact, message, {
    class: "waiting",
    retryAfterMs: requeueDependencyMs,
    eventMessage: "",
    condition,
  });
}
