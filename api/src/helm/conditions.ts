/**
 * Condition types that only HelmReleases have. `Ready` repeats the first of `Remediated`, `TestSuccess` and `Released`.
 * Source: helm-controller api/v2 condition_types.go.
 */
export const helmConditionTypes = {
  /** Whether the last install, upgrade or uninstall succeeded. */
  released: "Released",
  /** Whether the tests of the last release succeeded. */
  testSuccess: "TestSuccess",
  /** Whether the remediation of the last failure succeeded. */
  remediated: "Remediated",
  /** Whether the cluster differs from the last release. */
  drifted: "Drifted",
} as const;

/** Reasons that only HelmReleases give, in conditions and events. Source: helm-controller 1.6, flux2.md 1.9. */
export const helmReasons = {
  installSucceeded: "InstallSucceeded",
  installFailed: "InstallFailed",
  upgradeSucceeded: "UpgradeSucceeded",
  upgradeFailed: "UpgradeFailed",
  testSucceeded: "TestSucceeded",
  testFailed: "TestFailed",
  rollbackSucceeded: "RollbackSucceeded",
  rollbackFailed: "RollbackFailed",
  uninstallSucceeded: "UninstallSucceeded",
  uninstallFailed: "UninstallFailed",
  artifactFailed: "ArtifactFailed",
  dependencyNotReady: "DependencyNotReady",
  driftDetected: "DriftDetected",
  noDriftDetected: "NoDriftDetected",
  driftCorrected: "DriftCorrected",
  driftCorrectionFailed: "DriftCorrectionFailed",
  inventoryBuildFailed: "InventoryBuildFailed",
  namespaceCheckSkipped: "NamespaceCheckSkipped",
  sourceNotReady: "SourceNotReady",
  valuesError: "ValuesError",
  chartMutateError: "ChartMutateError",
  restClientError: "RESTClientError",
  resourceManagerError: "ResourceManagerError",
  factoryError: "FactoryError",
  stateError: "StateError",
  reconcileError: "ReconcileError",
  retriesExceeded: "RetriesExceeded",
  missingRollbackTarget: "MissingRollbackTarget",
  awaitingTests: "AwaitingTests",
  pendingRelease: "PendingRelease",
  helmChartCreated: "HelmChartCreated",
  helmChartConfigured: "HelmChartConfigured",
  helmChartDeleted: "HelmChartDeleted",
  helmChartSyncError: "HelmChartSyncErr",
  healthCheckCanceled: "HealthCheckCanceled",
} as const;
