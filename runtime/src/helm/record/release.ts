import type { HookEvent } from "@eddy/helm";
import type { JsonObject } from "@eddy/core/json";

/** How a revision of a release stands. Source: Helm `release/common/status.go`. */
export type ReleaseStatus =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback";

/** How a hook ended, or that it runs; "" before its first run. */
export type HookPhase = "" | "Unknown" | "Running" | "Succeeded" | "Failed";

/** When a hook ran last. Times are RFC 3339 with fractions; absent, or "" in what Helm 3 wrote, before that. */
export interface HookExecution {
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly phase: HookPhase;
}

/** A hook of a stored release. */
export interface ReleaseHook {
  readonly name?: string;
  readonly kind?: string;
  readonly path?: string;
  readonly manifest?: string;
  readonly events?: readonly HookEvent[];
  readonly last_run: HookExecution;
  readonly weight?: number;
  readonly delete_policies?: readonly string[];
  readonly output_log_policies?: readonly string[];
}

/** `info` of a stored release. Times are RFC 3339 with fractions; `deleted` is "" in what Helm 3 wrote. */
export interface ReleaseInfo {
  readonly first_deployed?: string;
  readonly last_deployed?: string;
  readonly deleted?: string;
  readonly description?: string;
  readonly status: ReleaseStatus;
  readonly rollback_revision?: number;
  readonly notes?: string;
}

/** A file of a stored chart; `data` is base64. */
export interface StoredFile {
  readonly name: string;
  readonly data: string | null;
  readonly modtime?: string;
}

/** A stored chart: sub-charts are not kept, their templates only as they were rendered. `schema` is base64. */
export interface StoredChart {
  readonly metadata: StoredChartMetadata | null;
  readonly lock: JsonObject | null;
  readonly templates: readonly StoredFile[] | null;
  readonly values: JsonObject | null;
  readonly schema: string | null;
  readonly schemamodtime?: string;
  readonly files: readonly StoredFile[] | null;
  readonly modtime?: string;
}

/** Chart.yaml as stored: absent fields are left out. */
export interface StoredChartMetadata extends JsonObject {
  name?: string;
  version?: string;
  appVersion?: string;
}

/** `ssa`: server-side apply; `csa`, or absent: patches made by the client. */
export type ApplyMethod = "ssa" | "csa";

/**
 * One revision of a release, in the form in which Helm keeps it; fields that are not named here survive reading and writing.
 * `labels` stand on the Secret, not in the record. Source: Helm `release/v1/release.go`.
 */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** From 1. */
  readonly version: number;
  readonly info: ReleaseInfo;
  readonly chart: StoredChart;
  /** The user's values. */
  readonly config?: JsonObject;
  readonly manifest?: string;
  readonly hooks?: readonly ReleaseHook[];
  readonly apply_method?: ApplyMethod;
  /** The user's own, system labels left out. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether an operation on the release is under way, or died: nothing else may begin. */
export function isPending(status: ReleaseStatus): boolean {
  return status === "pending-install" || status === "pending-upgrade" || status === "pending-rollback";
}

/** The release with another status and description. */
export function withStatus(release: Release, status: ReleaseStatus, description?: string): Release {
  return {
    ...release,
    info: { ...release.info, status, ...(description === undefined ? {} : { description }) },
  };
}
