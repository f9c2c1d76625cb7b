/** Field manager of objects that a Kustomization applies (`kubectl get --show-managed-fields`). */
export const kustomizeFieldManager = "kustomize-controller";
/** Field manager of a Kustomization's own status and finalizer. */
export const kustomizeStatusManager = "gotk-kustomize-controller";
/** Field manager of the status and finalizer of sources. */
export const sourceStatusManager = "source-controller";
/** Field manager of what the command line writes. */
export const cliFieldManager = "flux";

/** Source component and `reportingController` of events about sources. */
export const sourceControllerName = "source-controller";
/** Source component and `reportingController` of events about Kustomizations. */
export const kustomizeControllerName = "kustomize-controller";

/** Source component and `reportingController` of events about HelmReleases, field manager of their status, of owned HelmCharts and of what releases apply. */
export const helmControllerName = "helm-controller";

/** Finalizer of every reconciled Flux kind. */
export const fluxFinalizer = "finalizers.fluxcd.io";
