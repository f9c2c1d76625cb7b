/** `reconcile.fluxcd.io/requestedAt`: a changed value requests a pass; echoed to `status.lastHandledReconcileAt`. Any text; the CLI writes RFC 3339 with nanoseconds. */
export const requestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";
/** `reconcile.fluxcd.io/forceAt`: equal to requestedAt, forces one Helm upgrade. */
export const forceAtAnnotation = "reconcile.fluxcd.io/forceAt";
/** `reconcile.fluxcd.io/resetAt`: equal to requestedAt, resets the failure counters of a HelmRelease. */
export const resetAtAnnotation = "reconcile.fluxcd.io/resetAt";

/** `eddy.sh/confirmPruneAt`: equal to requestedAt, lets one pass delete what the prune budget holds back. Eddy's own. */
export const confirmPruneAtAnnotation = "eddy.sh/confirmPruneAt";

/** `eddy.sh/pull-requests` on an ImageUpdateAutomation: `grouped` or `per-policy` pull requests instead of commits. Eddy's own. */
export const pullRequestsAnnotation = "eddy.sh/pull-requests";

/** Label on a Secret or ConfigMap: `Enabled` requeues whatever refers to it as soon as its data changes. */
export const watchLabel = "reconcile.fluxcd.io/watch";
/** The value of {@link watchLabel}. */
export const watchLabelEnabled = "Enabled";

/** Keys on managed objects, as annotation or label (decrypt: annotation only). Values compare case-insensitively, except `substitute`. */
export const kustomizeReconcileKey = "kustomize.toolkit.fluxcd.io/reconcile";
/** `Override` (default), `Merge`, `IfNotPresent` or `Ignore`. */
export const kustomizeSsaKey = "kustomize.toolkit.fluxcd.io/ssa";
/** `enabled`: delete and recreate on a change of an immutable field. */
export const kustomizeForceKey = "kustomize.toolkit.fluxcd.io/force";
/** `disabled`: never garbage-collect. */
export const kustomizePruneKey = "kustomize.toolkit.fluxcd.io/prune";
/** `disabled` in exactly this case: no variable substitution. */
export const kustomizeSubstituteKey = "kustomize.toolkit.fluxcd.io/substitute";
/** `disabled`: no SOPS decryption. */
export const kustomizeDecryptKey = "kustomize.toolkit.fluxcd.io/decrypt";
/** Value that switches one of the keys above off. */
export const disabledValue = "disabled";
/** Value that switches one of the keys above on. */
export const enabledValue = "enabled";

/** Ownership label on every object that a Kustomization applied: its name. */
export const kustomizeNameLabel = "kustomize.toolkit.fluxcd.io/name";
/** Ownership label on every object that a Kustomization applied: its namespace. */
export const kustomizeNamespaceLabel = "kustomize.toolkit.fluxcd.io/namespace";
/** Ownership label on every object of a Helm release: the HelmRelease's name. */
export const helmNameLabel = "helm.toolkit.fluxcd.io/name";
/** Ownership label on every object of a Helm release: the HelmRelease's namespace. */
export const helmNamespaceLabel = "helm.toolkit.fluxcd.io/namespace";
/** On an object of a Helm release, `disabled`: no drift detection. */
export const helmDriftDetectionKey = "helm.toolkit.fluxcd.io/driftDetection";

/** On an ArtifactGenerator, `disabled`: it is held, as by `spec.suspend` of other kinds. */
export const generatorReconcileKey = "source.extensions.fluxcd.io/reconcile";
/** Label on an ExternalArtifact: the UID of the ArtifactGenerator that makes it. */
export const generatorLabel = "source.extensions.fluxcd.io/generator";
/** What an OCI artifact says that it was made from; metadata of artifacts. */
export const originRevisionKey = "org.opencontainers.image.revision";

/** Label that assigns an object to a shard. */
export const shardKeyLabel = "sharding.fluxcd.io/key";
/** Prefix of annotations that are copied into the metadata of an object's events. */
export const eventAnnotationPrefix = "event.toolkit.fluxcd.io/";

/** Label of everything that an installation consists of; its value is {@link partOfFlux}. */
export const partOfLabel = "app.kubernetes.io/part-of";
/** The value of {@link partOfLabel}. */
export const partOfFlux = "flux";
/** Label on install objects: the namespace of the installation. */
export const instanceLabel = "app.kubernetes.io/instance";
/** Label on install objects: the version, `v1.2.3`. */
export const versionLabel = "app.kubernetes.io/version";
/** Label on install objects: the component. */
export const componentLabel = "app.kubernetes.io/component";

/** Keys that Flux once wrote on applied objects and that are removed when met. */
export const legacyKeys: { readonly labels: readonly string[]; readonly annotations: readonly string[] } = {
  labels: ["fluxcd.io/sync-gc-mark"],
  annotations: [
    "fluxcd.io/sync-checksum",
    "kustomize.toolkit.fluxcd.io/checksum",
    "kubectl.kubernetes.io/last-applied-configuration",
  ],
};

/** `<traceparent> <requestedAt>`: the trace that the request of that moment belongs to; a pass that answers it goes on with it. */
export const traceparentAnnotation = "eddy.sh/traceparent";
