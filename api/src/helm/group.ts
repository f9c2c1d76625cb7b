/** The API group of HelmReleases. */
export const helmGroup = "helm.toolkit.fluxcd.io";
