/**
 * Artifacts: how sources hand file trees to what applies them.
 *
 * Not a cache of rendered manifests. Entry points: {@link createArtifactStore} and {@link createArtifactServer}.
 */
export type { ArtifactContent, ArtifactFile, ArtifactLimits, ArtifactOwner, ArtifactStore } from "./artifact.ts";
export { createArtifactServer } from "./artifact-server.ts";
export { createArtifactStore, type ArtifactStoreOptions } from "./create-artifact-store.ts";
export { packTree } from "./pack-tree.ts";
export { defaultArtifactLimits, unpackTree } from "./unpack-tree.ts";
