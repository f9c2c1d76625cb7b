import type { Release } from "../record/release.ts";

/**
 * How a release stands against what is wanted of it.
 * Absent: nothing in storage, or uninstalled. Locked: an operation is under way or died. Unmanaged: stored, but not as it was last
 * seen. OutOfSync: another chart, values or post-rendering are wanted, or the upgrade is forced. Drifted: objects are not as the
 * manifest says. Untested: tests are wanted and have not run. Failed: the last operation, or a test that counts.
 */
export type ReleaseStateName =
  | "Absent"
  | "Locked"
  | "Unmanaged"
  | "OutOfSync"
  | "Drifted"
  | "Untested"
  | "Failed"
  | "InSync";

/** A state and, for people, why; "" where the name says it. */
export interface ReleaseState {
  readonly name: ReleaseStateName;
  readonly reason: string;
}

/** A revision as it was last seen: what a HelmRelease's `status.history` keeps. Source: helm-controller `v2.Snapshot`. */
export interface ReleaseSnapshot {
  /** `v2`; of an older one the digest is not compared. */
  readonly apiVersion?: string;
  /** `sha256:<hex>`, of `observationDigest`. */
  readonly digest: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly status: string;
  readonly chartName: string;
  readonly chartVersion: string;
  readonly appVersion?: string;
  /** `sha256:<hex>`, of `valuesDigest`. */
  readonly configDigest: string;
  readonly firstDeployed?: string;
  readonly lastDeployed?: string;
  readonly deleted?: string;
  /** By name of the hook; absent until tests ran. */
  readonly testHooks?: Readonly<Record<string, { readonly phase?: string } | null>>;
  readonly ociDigest?: string;
}

/** What is wanted and what is known of a release. */
export interface ReleaseObservation {
  /** The newest revision in storage. */
  readonly stored: Release | undefined;
  /** The newest snapshot. */
  readonly seen: ReleaseSnapshot | undefined;
  readonly desired: {
    readonly chartName: string;
    readonly chartVersion: string;
    /** `sha256:<hex>`, of `valuesDigest`. */
    readonly configDigest: string;
  };
  /** Digests of what is laid over the rendered objects, where the spec has changed since the last pass; "" for none. */
  readonly overlays?: {
    readonly desired: { readonly postRenderers: string; readonly commonMetadata: string };
    readonly observed: { readonly postRenderers: string; readonly commonMetadata: string };
  };
  /** An upgrade is asked for whatever else. */
  readonly isForced?: boolean;
  /** Absent: tests are not wanted. */
  readonly tests?: { readonly ignoreFailures: boolean };
  /** Whether the cluster differs from the manifest; absent: it was not compared. */
  readonly hasDrifted?: boolean;
}

/** What brings a release from its state to InSync. */
export type ReleaseAction = "install" | "unlock" | "upgrade" | "correct" | "test" | "remediate" | "none";

/** One action for each state. */
export const actionOf: Readonly<Record<ReleaseStateName, ReleaseAction>> = {
  Absent: "install",
  Locked: "unlock",
  Unmanaged: "upgrade",
  OutOfSync: "upgrade",
  Drifted: "correct",
  Untested: "test",
  Failed: "remediate",
  InSync: "none",
};
