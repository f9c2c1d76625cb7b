import type { GitPerson } from "@eddy/git";
import type { Caches } from "@eddy/runtime/controller";
import type { SourceWritePorts } from "@eddy/runtime/source-write";
import type { ImageRegistry } from "../registry/image-registry.ts";

/** What a pass over a Release reaches the world through. */
export interface ReleasePorts extends SourceWritePorts {
  readonly caches: Caches;
  readonly registry: ImageRegistry;
  /** Who commits; the author is who asked, where that is known. */
  readonly committer: GitPerson;
  /** `--no-cross-namespace-refs`. */
  readonly noCrossNamespaceRefs: boolean;
}
