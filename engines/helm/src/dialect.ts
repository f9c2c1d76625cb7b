/** Whose behaviour is followed: Helm 3.22's or Helm 4.3's. */
export type HelmDialect = "helm3" | "helm4";
