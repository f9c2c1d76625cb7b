import type { ReleaseSnapshot } from "@eddy/api";
import { sortKeys, type Json } from "@eddy/core/json";
import { determineReleaseState, type Release, type ReleaseObservation, type ReleaseState } from "@eddy/runtime/helm";
import { compareRelease, type ReleaseDrift } from "./drift/compare-release.ts";
import { hasBeenTested, latestOf } from "./history.ts";
import type { ReleasePass } from "./release-pass.ts";
import type { StoredRevision } from "./storage-watch.ts";
import { activeRemediation } from "./remediation.ts";

/** A release's state, with what differs in the cluster where that was looked at. */
export interface ObservedState {
  state: ReleaseState;
  stored: Release | undefined;
  drift: ReleaseDrift | undefined;
}

/**
 * Reads how a release stands. What the watch on the storage proves unchanged since it was found in step is not read again; the
 * cluster is compared only where the spec asks for it, and everything else is in step.
 * @throws what the storage throws; ReleaseError RELEASE_STATE_UNKNOWN
 */
export async function observeState(pass: ReleasePass): Promise<ObservedState> {
  const { ports, target, storage, cluster, object } = pass;
  const key = `${storage.namespace}/${target.name}`;
  const detectsDrift = isDriftWanted(pass);
  const newest = cluster.isRemote ? "unwatched" : ports.storageWatch.newest(storage.namespace, target.name);
  const isProvable = typeof newest === "object" && !detectsDrift && areOverlaysObserved(pass);
  const facts = isProvable ? factsOf(pass, newest) : "";
  const proven = isProvable ? ports.settled.recall(key, facts) : undefined;
  if (proven) return { state: proven, stored: undefined, drift: undefined };

  const stored = await storage.last(target.name);
  const state = determineReleaseState(observationOf(pass, stored));
  if (isProvable && stored?.version === newest.version) ports.settled.keep(key, facts, state);
  if (state.name !== "InSync" || !detectsDrift || !stored) return { state, stored, drift: undefined };
  const drift = await compareRelease(stored, object, { cluster, ports, signal: pass.run.signal });
  const name = drift.some(({ kind }) => kind === "removed" || kind === "changed") ? "Drifted" : "InSync";
  return { state: { name, reason: "" }, stored, drift };
}

// Everything that the state is decided by, but for what the storage's watch stands for.
function factsOf(pass: ReleasePass, newest: StoredRevision): string {
  const { overlays: _, ...observation } = observationOf(pass, undefined);
  // The server gives the members of a snapshot back in another order.
  return JSON.stringify(sortKeys([newest, observation, pass.overlays] as unknown as Json));
}

function areOverlaysObserved({ overlays, status }: ReleasePass): boolean {
  const { observedPostRenderersDigest = "", observedCommonMetadataDigest = "" } = status;
  return (
    overlays.postRenderers === observedPostRenderersDigest && overlays.commonMetadata === observedCommonMetadataDigest
  );
}

/** Whether the spec asks for the cluster to be compared with the release. */
export function isDriftWanted({ object }: Pick<ReleasePass, "object">): boolean {
  const mode = object.spec.driftDetection?.mode ?? "disabled";
  return mode !== "disabled";
}

function observationOf(pass: ReleasePass, stored: Release | undefined): ReleaseObservation {
  const { object, status, chart, configDigest, overlays } = pass;
  const seen = latestOf(status.history);
  const isNewGeneration = object.status?.observedGeneration !== object.metadata.generation;
  const observed = {
    postRenderers: status.observedPostRenderersDigest ?? "",
    commonMetadata: status.observedCommonMetadataDigest ?? "",
  };
  return {
    stored,
    seen: seen && withTestsOver(seen),
    desired: { chartName: chart.name, chartVersion: chart.version, configDigest },
    ...(isNewGeneration ? { overlays: { desired: overlays, observed } } : {}),
    ...(object.spec.test?.enable ? { tests: { ignoreFailures: areTestFailuresIgnored(pass) } } : {}),
  };
}

// Tests that were interrupted have not run.
function withTestsOver(snapshot: ReleaseSnapshot): ReleaseSnapshot {
  if (hasBeenTested(snapshot)) return snapshot;
  const { testHooks: _, ...untested } = snapshot;
  return untested;
}

function areTestFailuresIgnored({ object, status }: ReleasePass): boolean {
  return activeRemediation(object, status)?.ignoreTestFailures ?? true;
}
