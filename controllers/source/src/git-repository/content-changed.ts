import type { Artifact, GitRepository } from "@eddy/api";
import { deepEqual } from "@eddy/core/json";
import { includesChanged } from "./resolve-includes.ts";

/**
 * Whether the same commit must be stored anew, because what is taken of it is configured differently than when it was
 * stored. Source: Flux spec 1.1, the `observed*` fields.
 */
export function contentChanged({ spec, status }: GitRepository, includes: readonly Artifact[]): boolean {
  return (
    spec.ignore !== status?.observedIgnore ||
    (spec.recurseSubmodules ?? false) !== (status?.observedRecurseSubmodules ?? false) ||
    !deepEqual(spec.sparseCheckout ?? [], status?.observedSparseCheckout ?? []) ||
    !deepEqual(spec.include ?? [], status?.observedInclude ?? []) ||
    includesChanged(includes, status?.includedArtifacts)
  );
}

/** The `observed*` fields of a stored artifact. Null removes a field. */
export function observedContent({ spec }: GitRepository, includes: readonly Artifact[]): ObservedContent {
  return {
    observedIgnore: spec.ignore ?? null,
    observedRecurseSubmodules: spec.recurseSubmodules || null,
    observedSparseCheckout: spec.sparseCheckout?.length ? spec.sparseCheckout : null,
    observedInclude: spec.include?.length ? spec.include : null,
    includedArtifacts: includes.length > 0 ? [...includes] : null,
  };
}

type Status = NonNullable<GitRepository["status"]>;

/** See {@link observedContent}. */
export type ObservedContent = {
  [
    K in
      | "observedIgnore"
      | "observedRecurseSubmodules"
      | "observedSparseCheckout"
      | "observedInclude"
      | "includedArtifacts"
  ]: NonNullable<Status[K]> | null;
};
