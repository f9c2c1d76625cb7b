import type { Chart, HelmDialect, Values } from "@eddy/helm";
import type { WaitStrategy } from "./ports.ts";

/** `client`: nothing is asked of the cluster; `server`: nothing is written to it. */
export type DryRun = "none" | "client" | "server";

/** What becomes of `crds/`: `Create` never touches a definition that is there, `CreateReplace` updates it. */
export type CrdsPolicy = "Create" | "CreateReplace" | "Skip";

/** Common to the actions that change objects. */
export interface ActionRequest {
  name: string;
  /** For each wait, and each hook; default 5 minutes. */
  timeoutMs?: number;
  /** Default `hookOnly`, as without `--wait`. */
  wait?: WaitStrategy;
  /** Jobs are waited for until they complete. */
  waitForJobs?: boolean;
  disableHooks?: boolean;
  /** Replaces the standard text; at most 256 characters for a rollback. */
  description?: string;
}

/** Common to installing and upgrading. */
export interface ChartRequest extends ActionRequest {
  chart: Chart;
  values: Values;
  /** Default `helm4`. */
  dialect?: HelmDialect;
  /** Labels of the storage object; on upgrade laid over the last revision's, `null` as text removes one. */
  labels?: Readonly<Record<string, string>>;
  /** Take fields that others manage; server-side apply only. */
  forceConflicts?: boolean;
  /** Replace objects instead of patching them; never with server-side apply. */
  forceReplace?: boolean;
  /** Adopt objects that exist without Helm's ownership marks, or with another release's. */
  takeOwnership?: boolean;
  /** Uninstall, or roll back, what failed; waits even if not asked to. */
  rollbackOnFailure?: boolean;
  skipSchemaValidation?: boolean;
  subNotes?: boolean;
  dryRun?: DryRun;
  /** Leaves the text of Secrets out of the manifest; dry-runs only. */
  hideSecrets?: boolean;
  /** Labels for the chart's own definitions. */
  crdLabels?: Readonly<Record<string, string>>;
}

/** `helm install`. */
export interface InstallRequest extends ChartRequest {
  namespace: string;
  /** Default true. */
  serverSideApply?: boolean;
  createNamespace?: boolean;
  /** Reuse the name of a release that failed or was uninstalled with its history kept. */
  replace?: boolean;
  /** Default `Create`. */
  crds?: CrdsPolicy;
}

/** Whether objects are applied by the server; `auto`: as the last revision was. */
export type ServerSideApply = "true" | "false" | "auto";

/** What becomes of the last revision's values: the flags of the same names. Absent: reused only when none are given. */
export type ValuesReuse = "reset" | "reuse" | "reset-then-reuse";

/** `helm upgrade`. */
export interface UpgradeRequest extends ChartRequest {
  /** Default `auto`. */
  serverSideApply?: ServerSideApply;
  reuse?: ValuesReuse;
  /** Revisions kept, the new one included; default 10, 0: all. */
  maxHistory?: number;
  /** Delete what a failed upgrade created. */
  cleanupOnFail?: boolean;
  /** Default `Skip`. */
  crds?: CrdsPolicy;
}

/** `helm rollback`. */
export interface RollbackRequest extends ActionRequest {
  /** 0 or absent: the one before the last. */
  version?: number;
  serverSideApply?: ServerSideApply;
  forceConflicts?: boolean;
  forceReplace?: boolean;
  cleanupOnFail?: boolean;
  maxHistory?: number;
  dryRun?: DryRun;
}

/** How objects that others own are deleted with them. */
export type DeletionPropagation = "background" | "foreground" | "orphan";

/** `helm uninstall`. */
export interface UninstallRequest extends Omit<ActionRequest, "waitForJobs"> {
  keepHistory?: boolean;
  /** A release that is not there is success. */
  ignoreNotFound?: boolean;
  /** Default `background`. */
  cascade?: DeletionPropagation;
  dryRun?: boolean;
}

/** `helm test`. */
export interface TestRequest {
  name: string;
  timeoutMs?: number;
  /** Names of test hooks to run, or, with `exclude`, not to run. */
  filters?: readonly { name: string; exclude?: boolean }[];
  /** Takes what the test pods printed, before their policies delete them. */
  onPodLog?(from: { pod: string; container: string }, text: string): void;
}
