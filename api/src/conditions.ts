/**
 * Condition types of every Flux kind. `Reconciling` and `Stalled` are present only while True (kstatus).
 * Source: fluxcd/pkg apis/meta conditions.go.
 */
export const conditionTypes = {
  ready: "Ready",
  reconciling: "Reconciling",
  stalled: "Stalled",
  healthy: "Healthy",
  accessDenied: "AccessDenied",
} as const;

/** Reasons that every kind may give; event reasons are the same words. Source: fluxcd/pkg apis/meta conditions.go. */
export const genericReasons = {
  succeeded: "Succeeded",
  failed: "Failed",
  progressing: "Progressing",
  progressingWithRetry: "ProgressingWithRetry",
  suspended: "Suspended",
  dependencyNotReady: "DependencyNotReady",
  invalidPath: "InvalidPath",
  invalidUrl: "InvalidURL",
  insecureConnectionsDisallowed: "InsecureConnectionsDisallowed",
  unsupportedConnectionType: "UnsupportedConnectionType",
  pruneFailed: "PruneFailed",
  artifactFailed: "ArtifactFailed",
  buildFailed: "BuildFailed",
  healthCheckFailed: "HealthCheckFailed",
  healthCheckCanceled: "HealthCheckCanceled",
  reconciliationSucceeded: "ReconciliationSucceeded",
  reconciliationFailed: "ReconciliationFailed",
  invalidCelExpression: "InvalidCELExpression",
  featureGateDisabled: "FeatureGateDisabled",
  accessDenied: "AccessDenied",
} as const;
