import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { ImageRef } from "../structs/image-ref.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** Which tag of an ImageRepository is the latest. */
export interface ImagePolicy extends KubeObject {
  apiVersion: "image.toolkit.fluxcd.io/v1";
  kind: "ImagePolicy";
  metadata: ObjectMeta;
  spec: ImagePolicySpec;
  status?: ImagePolicyStatus;
}

/** What is selected. */
export interface ImagePolicySpec {
  /** Without a namespace in the policy's own. */
  imageRepositoryRef: { name: string; namespace?: string };
  policy: ImagePolicyChoice;
  filterTags?: TagFilter;
  /** Default `Never`. */
  digestReflectionPolicy?: DigestReflectionPolicy;
  /** How often the digest is looked at; only with `Always`. */
  interval?: string;
  suspend?: boolean;
}

/** Exactly one is to be set. */
export interface ImagePolicyChoice {
  semver?: { range: string };
  alphabetical?: { order?: TagOrder };
  numerical?: { order?: TagOrder };
}

/** `asc`, the default: the last one in ascending order is the latest. */
export type TagOrder = "asc" | "desc";

/** Which tags are looked at, and what of them is compared. */
export interface TagFilter {
  /** Regular expression (Go). */
  pattern?: string;
  /** Template of what is compared: `$name`, `${name}`, `$1`. */
  extract?: string;
}

/** Whether the digest of the latest tag is looked up: never, once per tag, or at every interval. */
export type DigestReflectionPolicy = "Always" | "IfNotPresent" | "Never";

/** What was selected. */
export interface ImagePolicyStatus extends ReconciledStatus {
  latestRef?: ImageRef;
  /** What `latestRef` was before. */
  observedPreviousRef?: ImageRef;
}
