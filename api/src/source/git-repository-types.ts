import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** A Git repository that is watched and stored as an artifact. */
export interface GitRepository extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "GitRepository";
  metadata: ObjectMeta;
  spec: GitRepositorySpec;
  status?: GitRepositoryStatus;
}

/** What is to be watched. Durations are Go's: `10m`, `1h30m`. */
export interface GitRepositorySpec {
  /** `http://`, `https://` or `ssh://`. */
  url: string;
  secretRef?: LocalObjectReference;
  /** How to log in; absent is `generic`. */
  provider?: GitProvider;
  serviceAccountName?: string;
  interval: string;
  /** Default `60s`. */
  timeout?: string;
  ref?: GitRepositoryRef;
  verify?: GitRepositoryVerification;
  proxySecretRef?: LocalObjectReference;
  /** Text in gitignore syntax; replaces the default exclusions. */
  ignore?: string;
  suspend?: boolean;
  recurseSubmodules?: boolean;
  include?: GitRepositoryInclude[];
  /** Directories; only these are checked out. */
  sparseCheckout?: string[];
}

/** Whose login to use; without one, `generic`: what the Secret holds. */
export type GitProvider = "generic" | "aws" | "azure" | "github";

/** What to check out. Precedence: commit, name, semver, tag, branch; branch `master` when there is no ref at all. */
export interface GitRepositoryRef {
  branch?: string;
  tag?: string;
  /** A range; the highest matching tag. */
  semver?: string;
  /** A full reference: `refs/heads/main`, `refs/pull/12/head`. */
  name?: string;
  /** A full hash; with `branch`, only that branch is fetched. */
  commit?: string;
}

/** `head` is the older spelling of `HEAD`. */
export type GitVerificationMode = "head" | "HEAD" | "Tag" | "TagAndHEAD";

/** Signatures that are demanded. */
export interface GitRepositoryVerification {
  /** Default `HEAD`. */
  mode?: GitVerificationMode;
  secretRef: LocalObjectReference;
}

/** The artifact of another GitRepository of the same namespace, copied in. */
export interface GitRepositoryInclude {
  repository: LocalObjectReference;
  fromPath?: string;
  /** Default: the repository's name. */
  toPath?: string;
}

/** What was stored. The `observed*` members say for which configuration. */
export interface GitRepositoryStatus extends ReconciledStatus {
  artifact?: Artifact;
  includedArtifacts?: Artifact[];
  observedIgnore?: string;
  observedRecurseSubmodules?: boolean;
  observedInclude?: GitRepositoryInclude[];
  observedSparseCheckout?: string[];
  sourceVerificationMode?: GitVerificationMode;
}
