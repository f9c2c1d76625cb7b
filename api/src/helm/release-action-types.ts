/** What the actions that release have in common. Durations are Go's: `5m`. */
export interface ReleaseActionOptions {
  /** `spec.timeout` unless given. */
  timeout?: string;
  disableWait?: boolean;
  disableWaitForJobs?: boolean;
  disableHooks?: boolean;
}

/** What install and upgrade have in common besides. */
export interface DeployOptions extends ReleaseActionOptions {
  strategy?: ActionStrategy;
  disableTakeOwnership?: boolean;
  disableOpenAPIValidation?: boolean;
  disableSchemaValidation?: boolean;
  /** Absent is `Create`. */
  crds?: CrdsPolicy;
}

/** What becomes of the definitions in a chart's `crds` folder. */
export type CrdsPolicy = "Skip" | "Create" | "CreateReplace";

/** Whether writes are server-side applies; `auto`: as the release before was made. */
export type ServerSideApplyMode = "enabled" | "disabled" | "auto";

/** What follows a failed install or upgrade. `retryInterval` (5m unless given) only with `RetryOnFailure`. */
export interface ActionStrategy {
  name: "RemediateOnFailure" | "RetryOnFailure";
  retryInterval?: string;
}

/** How a failed install is put right: by uninstalling. */
export interface InstallRemediation {
  /** Further attempts; 0 unless given, -1 is without end. */
  retries?: number;
  /** `spec.test.ignoreFailures` unless given. */
  ignoreTestFailures?: boolean;
  /** After the last attempt too; false unless given. */
  remediateLastFailure?: boolean;
}

/** How a failed upgrade is put right. */
export interface UpgradeRemediation extends InstallRemediation {
  /** Absent is `rollback`. `remediateLastFailure` is true unless given when there are retries. */
  strategy?: RemediationStrategy;
}

/** Back to the revision before, or away with it. */
export type RemediationStrategy = "rollback" | "uninstall";

/** `spec.install`. */
export interface HelmInstall extends DeployOptions {
  remediation?: InstallRemediation;
  replace?: boolean;
  /** Deprecated; use `crds`. */
  skipCRDs?: boolean;
  createNamespace?: boolean;
  /** True unless given. */
  serverSideApply?: boolean;
}

/** `spec.upgrade`. */
export interface HelmUpgrade extends DeployOptions {
  remediation?: UpgradeRemediation;
  force?: boolean;
  preserveValues?: boolean;
  cleanupOnFail?: boolean;
  /** Absent is `auto`. */
  serverSideApply?: ServerSideApplyMode;
  /** Absent is `Reinstall`. */
  chartNameChangeStrategy?: "InPlaceUpdate" | "Reinstall";
}

/** `spec.test`. */
export interface HelmTest {
  enable?: boolean;
  timeout?: string;
  ignoreFailures?: boolean;
  filters?: TestFilter[];
}

/** A test hook to run, or with `exclude` not to run. */
export interface TestFilter {
  name: string;
  exclude?: boolean;
}

/** `spec.rollback`. */
export interface HelmRollback extends ReleaseActionOptions {
  /** Deprecated; it has no effect. */
  recreate?: boolean;
  force?: boolean;
  cleanupOnFail?: boolean;
  /** Absent is `auto`. */
  serverSideApply?: ServerSideApplyMode;
}

/** `spec.uninstall`. */
export interface HelmUninstall {
  timeout?: string;
  disableHooks?: boolean;
  keepHistory?: boolean;
  disableWait?: boolean;
  /** Default `background`. */
  deletionPropagation?: "background" | "foreground" | "orphan";
}
