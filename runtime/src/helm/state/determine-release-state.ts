import { isPending, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import { observationDigest } from "./release-digest.ts";
import type { ReleaseObservation, ReleaseSnapshot, ReleaseState, ReleaseStateName } from "./release-state.ts";

/**
 * The state of a release. Pure. Whether it has drifted is looked at last: a caller may ask without `hasDrifted`, and compare the
 * cluster only when the answer is InSync.
 * @throws ReleaseError RELEASE_STATE_UNKNOWN (retry) for a stored status that says nothing, like unknown.
 * Source: helm-controller `reconcile/state.go`, v1.6.
 */
export function determineReleaseState(observation: ReleaseObservation): ReleaseState {
  const { stored, seen } = observation;
  if (!stored) return state("Absent", "no release in storage for object");
  const { status } = stored.info;
  // Of a remediation that died half way upstream says for ever that it cannot determine the state.
  if (isPending(status) || status === "uninstalling") return state("Locked", `release with status '${status}'`);
  if (!seen) {
    if (status === "uninstalled") return state("Absent", "found uninstalled release in storage");
    return state("Unmanaged", "found existing release in storage");
  }
  const mismatch = mismatchOf(stored, seen);
  if (mismatch !== undefined) return state("Unmanaged", mismatch);
  switch (status) {
    case "failed":
      return state("Failed");
    case "uninstalled":
      return state("Absent", "found uninstalled release in storage");
    case "deployed":
      return determineDeployed(stored, seen, observation);
    default:
      throw new ReleaseError("RELEASE_STATE_UNKNOWN", `unable to determine state for release with status '${status}'`, {
        release: stored,
      });
  }
}

function determineDeployed(stored: Release, seen: ReleaseSnapshot, observation: ReleaseObservation): ReleaseState {
  const change = changeOf(stored, seen, observation);
  if (change !== undefined) return state("OutOfSync", change);
  const { tests, hasDrifted = false } = observation;
  if (tests) {
    if (seen.testHooks === undefined) return state("Untested");
    const hasFailed = Object.values(seen.testHooks).some((hook) => hook?.phase === "Failed");
    if (hasFailed && !tests.ignoreFailures) return state("Failed", "release has test in failed phase");
  }
  return state(hasDrifted ? "Drifted" : "InSync");
}

/** What is wanted otherwise than it was released. */
function changeOf(stored: Release, seen: ReleaseSnapshot, observation: ReleaseObservation): string | undefined {
  const { desired, overlays, isForced = false } = observation;
  const { name, version } = stored.chart.metadata ?? {};
  if (name !== desired.chartName || version !== desired.chartVersion) return "release chart changed";
  if (seen.configDigest !== desired.configDigest) return "release config values changed";
  if (overlays && overlays.desired.postRenderers !== overlays.observed.postRenderers)
    return "postrenderers digest has changed";
  if (overlays && overlays.desired.commonMetadata !== overlays.observed.commonMetadata)
    return "common metadata digest has changed";
  return isForced ? "upgrade is forced" : undefined;
}

/** Why the stored revision is not the one that was last seen. */
function mismatchOf(stored: Release, seen: ReleaseSnapshot): string | undefined {
  // Snapshots of older controllers have digests of another recipe.
  if (seen.apiVersion !== "v2") return undefined;
  if (!/^[a-z0-9]+:[0-9a-f]+$/.test(seen.digest)) return "release digest verification error";
  return observationDigest(stored, seen.ociDigest) === seen.digest
    ? undefined
    : "release not observed to be made for object";
}

function state(name: ReleaseStateName, reason: string = ""): ReleaseState {
  return { name, reason };
}
