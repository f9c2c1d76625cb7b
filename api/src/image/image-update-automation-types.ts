import type { LabelSelector } from "@eddy/core/labels";
import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { GitRepositoryRef } from "../source/git-repository-types.ts";
import type { ImageRef } from "../structs/image-ref.ts";
import type { LocalObjectReference, NamespacedObjectKindReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** Commits the latest images of ImagePolicies to a Git repository. */
export interface ImageUpdateAutomation extends KubeObject {
  apiVersion: "image.toolkit.fluxcd.io/v1";
  kind: "ImageUpdateAutomation";
  metadata: ObjectMeta;
  spec: ImageUpdateAutomationSpec;
  status?: ImageUpdateAutomationStatus;
}

/** What is committed where. */
export interface ImageUpdateAutomationSpec {
  /** A GitRepository; without a namespace in the automation's own. */
  sourceRef: NamespacedObjectKindReference;
  /** Must be given for a GitRepository, which is the only kind of source. */
  git?: GitUpdate;
  interval: string;
  /** Which ImagePolicies of the own namespace count; all unless given. */
  policySelector?: LabelSelector;
  /** Default: `Setters`, the whole repository. */
  update?: UpdateStrategy;
  suspend?: boolean;
}

/** How files are updated. */
export interface UpdateStrategy {
  /** Only `Setters`: scalars with a marker. */
  strategy?: "Setters";
  /** Folder, or file; the root unless given. */
  path?: string;
}

/** How to check out, commit and push. */
export interface GitUpdate {
  /** Default: `spec.ref` of the GitRepository. */
  checkout?: { ref: GitRepositoryRef };
  commit: CommitSettings;
  /** Default: to the branch that was checked out. */
  push?: PushSettings;
}

/** What commits look like. */
export interface CommitSettings {
  author: { email: string; name?: string };
  signingKey?: CommitSigningKey;
  /** Go template over the change; `Update from image update automation` unless given. */
  messageTemplate?: string;
  /** `.Values` of the template. */
  messageTemplateValues?: Record<string, string>;
}

/** The key of signatures. */
export interface CommitSigningKey {
  /** `git.asc` and `passphrase`, or `identity` and `password`. */
  secretRef: LocalObjectReference;
  /** Default `gpg`. */
  type?: "gpg" | "ssh";
}

/** Where commits go. */
export interface PushSettings {
  /** Made from what was checked out where it is not there. */
  branch?: string;
  /** Another ref that gets the commit too. */
  refspec?: string;
  /** Told to the server's hooks. */
  options?: Record<string, string>;
}

/** What was done. */
export interface ImageUpdateAutomationStatus extends ReconciledStatus {
  /** RFC 3339. */
  lastAutomationRunTime?: string;
  /** 40 hex digits. */
  lastPushCommit?: string;
  /** RFC 3339. */
  lastPushTime?: string;
  /** The image of each policy that counted, by the policy's name. */
  observedPolicies?: Record<string, ImageRef>;
  /** `<branch>@sha1:<hex>` of what was checked out last, or pushed to the same branch. */
  observedSourceRevision?: string;
}
