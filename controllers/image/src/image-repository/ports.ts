import type { Clock } from "@eddy/core/clock";
import type { Counter } from "@eddy/runtime/metrics";
import type { RegistryPool } from "@eddy/runtime/registry-access";
import type { AccessPorts } from "../image/resolve-access.ts";
import type { TagStore } from "../tags/tag-store.ts";

/** What a pass over an ImageRepository reaches the world through. */
export interface Ports extends AccessPorts {
  readonly clock: Clock;
  readonly tags: TagStore;
  readonly registries: RegistryPool;
  /** What registries said by which to tell that a list is as it was, by object. */
  readonly etags: Map<string, KnownList>;
  readonly jitterPercentage: number;
  /** Scans by `result`: `changed`, `unchanged`, `failed`. */
  readonly scans: Counter;
}

/** A list that was read, and what it was made into. */
export interface KnownList {
  readonly etag: string;
  /** The canonical name and the exclusions that it was read for. */
  readonly of: string;
}
