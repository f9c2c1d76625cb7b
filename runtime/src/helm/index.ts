/**
 * The life of a Helm release: install, upgrade, rollback, uninstall, test, kept as Helm itself keeps it, so that its commands work on
 * what Eddy did and the reverse.
 *
 * Not rendering (`@eddy/helm`) and not a controller. Entry points: {@link installRelease}, {@link upgradeRelease},
 * {@link determineReleaseState}.
 */
export { installRelease } from "./actions/install.ts";
export { observeCapabilities } from "./actions/observe-capabilities.ts";
export { rollbackRelease } from "./actions/rollback.ts";
export { testRelease } from "./actions/test.ts";
export { uninstallRelease, type UninstallResult } from "./actions/uninstall.ts";
export { unlockRelease } from "./actions/unlock.ts";
export { upgradeRelease } from "./actions/upgrade.ts";
export { createReleaseStorage, type CreateReleaseStorageOptions } from "./storage/create-release-storage.ts";
export { storageKey, type StorageDriver } from "./storage/storage-object.ts";
export { selectReleases, type ReleaseSelection } from "./storage/select-releases.ts";
export { createWaiter, type WaiterWorld } from "./wait/create-waiter.ts";
export { restoreChart, storeChart } from "./record/chart-record.ts";
export { decodeRelease, encodeRelease } from "./record/release-codec.ts";
export { formatReleaseJson } from "./record/release-json.ts";
export { releaseNameProblem, shortenReleaseName } from "./record/release-name.ts";
export { buildObjects, parseManifest, type BuildObjectsOptions } from "./objects/build-objects.ts";
export { markOwned, type ReleaseOwner } from "./objects/ownership.ts";
export {
  isPending,
  withStatus,
  type ApplyMethod,
  type HookExecution,
  type HookPhase,
  type Release,
  type ReleaseHook,
  type ReleaseInfo,
  type ReleaseStatus,
  type StoredChart,
  type StoredChartMetadata,
  type StoredFile,
} from "./record/release.ts";
export { formatGoJson } from "./record/go-json.ts";
export { ReleaseError, type ReleaseErrorCode, type ReleaseErrorOptions } from "./release-error.ts";
export type { ReleasePorts, ReleaseWaiter, RenderChart, RenderRequest, WaitForOptions, WaitStrategy } from "./ports.ts";
export type {
  ActionRequest,
  ChartRequest,
  CrdsPolicy,
  DeletionPropagation,
  DryRun,
  InstallRequest,
  RollbackRequest,
  ServerSideApply,
  TestRequest,
  UninstallRequest,
  UpgradeRequest,
  ValuesReuse,
} from "./requests.ts";
export {
  observeStorage,
  type ListReleasesOptions,
  type ReleaseStorage,
  type RevisionSummary,
  type StorageWrite,
} from "./storage/release-storage.ts";
export { determineReleaseState } from "./state/determine-release-state.ts";
export { observationDigest, snapshotOf, valuesDigest } from "./state/release-digest.ts";
export {
  actionOf,
  type ReleaseAction,
  type ReleaseObservation,
  type ReleaseSnapshot,
  type ReleaseState,
  type ReleaseStateName,
} from "./state/release-state.ts";
