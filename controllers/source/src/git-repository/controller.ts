import {
  fluxFinalizer,
  sourceConditionTypes,
  sourceControllerName,
  sourceGroup,
  sourceStatusManager,
  type GitRepository,
} from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import { defineController, type ControllerDefinition } from "@eddy/runtime/controller";
import { finalizeGitRepository } from "./finalize.ts";
import type { Ports } from "./ports.ts";
import { reconcileGitRepository } from "./reconcile.ts";
import { includesChanged } from "./resolve-includes.ts";

const gitRepository = { group: sourceGroup, version: "v1", kind: "GitRepository" };

/** GitRepositories: what they watch, and the pass. */
export const gitRepositoryController: ControllerDefinition<GitRepository, Ports> = defineController<
  GitRepository,
  Ports
>({
  kind: gitRepository,
  name: sourceControllerName,
  fieldManager: sourceStatusManager,
  finalizer: fluxFinalizer,
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
    },
    { kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true },
  ],
  references: referencesOf,
  reconcile: reconcileGitRepository,
  finalize: finalizeGitRepository,
});

function artifactsOf(object: unknown): NonNullable<GitRepository["status"]>["includedArtifacts"] & object {
  const artifact = (object as GitRepository | undefined)?.status?.artifact;
  return artifact ? [artifact] : [];
}

function referencesOf({ metadata, spec }: GitRepository): ObjectRef[] {
  const namespace = metadata.namespace ?? "";
  const secrets = [spec.secretRef?.name, spec.proxySecretRef?.name].filter((name) => name !== undefined);
  const included = (spec.include ?? []).map(({ repository }) => repository.name);
  return [
    ...secrets.map((name) => ({ group: "", kind: "Secret", namespace, name })),
    ...included.map((name) => ({ group: sourceGroup, kind: "GitRepository", namespace, name })),
  ];
}
