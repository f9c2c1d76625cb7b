import type { FileTree } from "@eddy/core/tree";
import { KustomizeError } from "./error.ts";
import type { BuildOptions, BuildResult } from "./options.ts";

/**
 * Builds the kustomization in the directory `path` of `tree` ("" is its root).
 * @throws KustomizeError BUILD_FAILED (retry) with file, line and field as far as known
 */
export function buildKustomization(_tree: FileTree, path: string, _options: BuildOptions = {}): BuildResult {
  throw new KustomizeError(`build "${path}": the engine is not built yet`);
}
