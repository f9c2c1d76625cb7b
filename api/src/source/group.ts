/** The API group of sources. */
export const sourceGroup = "source.toolkit.fluxcd.io";
/** The API group of ArtifactGenerators. */
export const sourceExtensionsGroup = "source.extensions.fluxcd.io";
