import { sourceConditionTypes, sourceGroup, type GitRepository } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import type { ControllerDefinition } from "@eddy/runtime/controller";
import { defineSource, secretReferences, secretWatch } from "../source/define-source.ts";
import { finalizeGitRepository } from "./finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileGitRepository } from "./reconcile.ts";
import { includesChanged } from "./resolve-includes.ts";

const gitRepository = { group: sourceGroup, version: "v1", kind: "GitRepository" };

/** GitRepositories: what they watch, and the pass. */
export const gitRepositoryController: ControllerDefinition<GitRepository, Ports> = defineSource<GitRepository, Ports>({
  kind: gitRepository,
  negativeConditions: [
    sourceConditionTypes.storageOperationFailed,
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.includeUnavailable,
    sourceConditionTypes.artifactOutdated,
  ],
  watches: [
    {
      kind: gitRepository,
      matters: (before, after) => includesChanged(artifactsOf(after), artifactsOf(before)),
      // Upstream follows no include before the interval; with each other's artifact in one's own, following has no end.
      leavesCycles: true,
    },
    secretWatch,
  ],
  references: referencesOf,
  reconcile: reconcileGitRepository,
  finalize: finalizeGitRepository,
});

function artifactsOf(object: unknown): NonNullable<GitRepository["status"]>["includedArtifacts"] & object {
  const artifact = (object as GitRepository | undefined)?.status?.artifact;
  return artifact ? [artifact] : [];
}

function referencesOf(object: GitRepository): ObjectRef[] {
  const { metadata, spec } = object;
  const namespace = metadata.namespace ?? "";
  const included = (spec.include ?? []).map(({ repository }) => repository.name);
  return [
    ...secretReferences(object, spec.secretRef, spec.proxySecretRef, spec.verify?.secretRef),
    ...included.map((name) => ({ group: sourceGroup, kind: "GitRepository", namespace, name })),
  ];
}
