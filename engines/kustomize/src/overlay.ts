import type { FileTree } from "@eddy/core/tree";
import { KustomizeError } from "./error.ts";
import type { KustomizationOverlay } from "./options.ts";

/**
 * A tree in which the directory `path` has a kustomization file: `tree` itself where it has one, else one with a file that
 * lists every manifest below it, as Flux's controller generates it.
 */
export function generateKustomization(_tree: FileTree, path: string): FileTree {
  throw new KustomizeError(`generate a kustomization in "${path}": the engine is not built yet`);
}

/** A tree in which the kustomization at `path`, generated where there is none, has the overlay's fields merged into it. */
export function overlayKustomization(_tree: FileTree, path: string, _overlay: KustomizationOverlay): FileTree {
  throw new KustomizeError(`overlay the kustomization in "${path}": the engine is not built yet`);
}
