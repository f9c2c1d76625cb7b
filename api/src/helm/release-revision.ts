import { valueAt, type KubeObject } from "@eddy/core/object";

/** Version of the chart that a HelmRelease last released, or else last tried to; "" before that. Source: fluxcd/flux2 get_helmrelease.go. */
export function releaseRevisionOf(object: KubeObject): string {
  const released = valueAt(object, "status", "history", 0, "chartVersion");
  const tried = valueAt(object, "status", "lastAttemptedRevision");
  return typeof released === "string" ? released : typeof tried === "string" ? tried : "";
}
