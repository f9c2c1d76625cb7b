/** The API group of Kustomizations. */
export const kustomizeGroup = "kustomize.toolkit.fluxcd.io";
