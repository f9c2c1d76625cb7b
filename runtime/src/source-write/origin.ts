import {
  helmGroup,
  helmNameLabel,
  helmNamespaceLabel,
  kustomizeGroup,
  kustomizeNameLabel,
  kustomizeNamespaceLabel,
  sourceGroup,
  type GitRepository,
  type Kustomization,
} from "@eddy/api";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";

/** An object that a Kustomization applied from a branch of a Git repository. */
export interface GitOrigin {
  readonly form: "git";
  /** The object that stands in the files: the one that was asked about, or the HelmRelease that it was rendered from. */
  readonly written: KubeObject;
  readonly kustomization: Kustomization;
  readonly repository: GitRepository;
  /** Where commits go. */
  readonly branch: string;
}

/** Where an object comes from. */
export type Origin =
  | GitOrigin
  /** Nobody's: a person or a program wrote it to the cluster. */
  | { readonly form: "cluster" }
  /** It is somebody's, and cannot be written to; `reason` completes a sentence: `comes from OCIRepository "a/b", …`. */
  | { readonly form: "unwritable"; readonly reason: string };

/** What {@link resolveOrigin} reads. Reads of the same object are asked for once where `get` remembers. */
export type OriginPorts = Pick<KubeClient, "get">;

/**
 * Where an object comes from, by the labels of what applied it.
 * @throws KubeApiError for what cannot be read; what is not there is an answer
 */
export async function resolveOrigin(object: KubeObject, kube: OriginPorts): Promise<Origin> {
  const labels = object.metadata.labels ?? {};
  const kustomizationName = labels[kustomizeNameLabel];
  if (kustomizationName !== undefined) {
    const namespace = labels[kustomizeNamespaceLabel] ?? "";
    return originOfKustomization(object, { namespace, name: kustomizationName }, kube);
  }
  const releaseName = labels[helmNameLabel];
  if (releaseName === undefined) return { form: "cluster" };
  const namespace = labels[helmNamespaceLabel] ?? "";
  const release = await find({ group: helmGroup, kind: "HelmRelease", namespace, name: releaseName }, kube);
  if (!release) return unwritable(`is of HelmRelease "${namespace}/${releaseName}", which is not there`);
  const origin = await resolveOrigin(release, kube);
  return origin.form === "cluster"
    ? unwritable(`is of HelmRelease "${namespace}/${releaseName}", which does not come from Git`)
    : origin;
}

async function originOfKustomization(
  written: KubeObject,
  at: { namespace: string; name: string },
  kube: OriginPorts,
): Promise<Origin> {
  const named = `"${at.namespace}/${at.name}"`;
  const kustomization = await find<Kustomization>({ group: kustomizeGroup, kind: "Kustomization", ...at }, kube);
  if (!kustomization) return unwritable(`is of Kustomization ${named}, which is not there`);
  const { kind, name, namespace = at.namespace } = kustomization.spec.sourceRef;
  if (kind !== "GitRepository")
    return unwritable(`comes from ${kind} "${namespace}/${name}", want a GitRepository: change what is pushed there`);
  const repository = await find<GitRepository>({ group: sourceGroup, kind, namespace, name }, kube);
  if (!repository) return unwritable(`comes from GitRepository "${namespace}/${name}", which is not there`);
  const branch = branchOf(repository);
  if (branch === undefined)
    return unwritable(`comes from GitRepository "${namespace}/${name}", which follows no branch: want spec.ref.branch`);
  return { form: "git", written, kustomization, repository, branch };
}

function unwritable(reason: string): Origin {
  return { form: "unwritable", reason };
}

/** Precedence as the source controller has it: commit, name, semver, tag, branch. */
function branchOf({ spec }: GitRepository): string | undefined {
  const { branch, tag, semver, name, commit } = spec.ref ?? {};
  if (commit || semver || tag) return undefined;
  if (name) return name.startsWith("refs/heads/") ? name.slice("refs/heads/".length) : undefined;
  return branch || "master";
}

async function find<T extends KubeObject = KubeObject>(ref: ObjectRef, kube: OriginPorts): Promise<T | undefined> {
  try {
    return await kube.get<T>(ref);
  } catch (error) {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  }
}
