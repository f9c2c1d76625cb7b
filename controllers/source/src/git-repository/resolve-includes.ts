import { sourceConditionTypes, sourceGroup, sourceReasons, type Artifact, type GitRepository } from "@eddy/api";
import { StepError } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";

/**
 * The artifacts that are to be copied in, in the order of `spec.include`.
 * @throws StepError NotFound, NoArtifact (waiting) with IncludeUnavailable.
 */
export function resolveIncludes(object: GitRepository, { caches, requeueDependencyMs }: Ports): Artifact[] {
  return (object.spec.include ?? []).map(({ repository: { name } }) => {
    const ref = { group: sourceGroup, kind: "GitRepository", namespace: object.metadata.namespace ?? "", name };
    const found = caches.get<GitRepository>(ref);
    if (!found)
      throw unavailable(
        sourceReasons.notFound,
        `could not get resource for include '${name}': GitRepository.${sourceGroup} "${name}" not found`,
      );
    const artifact = found.status?.artifact;
    if (!artifact) throw unavailable(sourceReasons.noArtifact, `no artifact available for include '${name}'`);
    return artifact;
  });

  function unavailable(reason: string, message: string): StepError {
    return new StepError(reason, message, {
      class: "waiting",
      retryAfterMs: requeueDependencyMs,
      condition: sourceConditionTypes.includeUnavailable,
    });
  }
}

/** Whether these are other artifacts than those included last. */
export function includesChanged(artifacts: readonly Artifact[], last: readonly Artifact[] | undefined): boolean {
  const observed = last ?? [];
  return (
    artifacts.length !== observed.length ||
    artifacts.some(
      ({ revision, digest }, index) => observed[index]?.revision !== revision || observed[index].digest !== digest,
    )
  );
}
