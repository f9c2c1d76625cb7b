import type { CloudLogin, TokenCache } from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { OpenRepositoryOptions } from "@eddy/git";
import type { KubeClient } from "@eddy/kube";
import type { Caches } from "@eddy/runtime/controller";
import type { SecretStore } from "@eddy/runtime/registry-access";

/** What a pass over an ImageUpdateAutomation reaches the world through. */
export interface Ports {
  readonly kube: KubeClient;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly masker: Masker;
  readonly secrets: SecretStore;
  readonly login: CloudLogin;
  /** Signatures for CodeCommit. */
  readonly codeCommit: TokenCache;
  /** The gate `ObjectLevelWorkloadIdentity`. */
  readonly hasWorkloadIdentity: boolean;
  /** `--no-cross-namespace-refs`. */
  readonly noCrossNamespaceRefs: boolean;
  /** Contents of files that have no marker, by their identities: of a large repository only what changed is read. */
  readonly unmarked: Set<string>;
  /** What every remote is opened with. */
  readonly git: Pick<OpenRepositoryOptions, "cacheDir" | "ssh">;
}
