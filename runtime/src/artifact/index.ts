/**
 * Artifacts: how sources hand file trees to what applies them.
 *
 * Not a cache of rendered manifests. Entry points: {@link ArtifactStore} (`createArtifactStore`) and `createArtifactServer`.
 */
export type * from "./artifact.ts";
