/**
 * Controllers of source.toolkit.fluxcd.io: what lies upstream is polled, fetched and stored as artifacts.
 *
 * Not the protocols (`@eddy/git` and its like) and not the store (`@eddy/runtime/artifact`). A kind is a folder here; what kinds
 * share is in `source`, `storage`, `access` and `trees`. Entry point: {@link startSourceControllers}.
 */
export { contentHash } from "./artifact-generator/content-hash.ts";
export { globPaths, parsePathPattern, walkMatches } from "./artifact-generator/glob.ts";
export type { SourceControllerOptions } from "./source/start-source.ts";
export { startSourceControllers } from "./start.ts";
