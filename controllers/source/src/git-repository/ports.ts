import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { Caches } from "@eddy/runtime/controller";
import type { RemotePool } from "./remote-pool.ts";
import type { SecretStore } from "./secret-store.ts";

/** What a pass reaches the world through. */
export interface Ports {
  caches: Caches;
  clock: Clock;
  masker: Masker;
  artifacts: ArtifactStore;
  secrets: SecretStore;
  remotes: RemotePool;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
}
