/** The API group of sources. */
export const sourceGroup = "source.toolkit.fluxcd.io";
