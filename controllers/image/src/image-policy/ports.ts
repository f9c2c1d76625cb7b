import type { Caches } from "@eddy/runtime/controller";
import type { RegistryPool } from "@eddy/runtime/registry-access";
import type { AccessPorts } from "../image/resolve-access.ts";
import type { TagStore } from "../tags/tag-store.ts";

/** What a pass over an ImagePolicy reaches the world through. */
export interface Ports extends AccessPorts {
  readonly caches: Caches;
  readonly tags: Pick<TagStore, "read">;
  readonly registries: RegistryPool;
  /** `--no-cross-namespace-refs`. */
  readonly noCrossNamespaceRefs: boolean;
}
