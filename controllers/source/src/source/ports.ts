import type { CloudLogin } from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { Caches } from "@eddy/runtime/controller";
import type { CloudKeychains, SecretStore } from "@eddy/runtime/registry-access";
import type { PublicTrustRoot } from "../verify/public-trust-root.ts";

/** What a pass over any source reaches the world through. A kind adds its own in its folder. */
export interface SourcePorts {
  kube: KubeClient;
  caches: Caches;
  clock: Clock;
  masker: Masker;
  artifacts: ArtifactStore;
  secrets: SecretStore;
  clouds: CloudKeychains;
  /** Of sigstore's public instance: for keyless signatures where an object names no other. */
  trustRoot: PublicTrustRoot;
  /** Logins to clouds, kept for all sources. */
  login: CloudLogin;
  /** The gate `ObjectLevelWorkloadIdentity`: objects may log in to clouds as a ServiceAccount of their namespace. */
  hasWorkloadIdentity: boolean;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
}
