import type { Release } from "@eddy/api";
import type { RunEvent } from "@eddy/runtime/controller";
import { changedWorkloads } from "./await-release.ts";

/** What came out, in one sentence. */
export function resultOf(release: Release): string {
  const { spec, status } = release;
  const changed = changedWorkloads(release);
  const failed = (status?.workloads ?? []).filter((workload) => workload.status === "failed").length;
  if (changed.length === 0) return nothingToDo(release, failed);
  const count = `${changed.length} ${changed.length === 1 ? "workload" : "workloads"}`;
  if (spec.dryRun) return `would change ${count}`;
  const commits = (status?.commits ?? [])
    .map(({ revision }) => revision.replace(/@sha1:([0-9a-f]{7}).*/, "@$1"))
    .join(", ");
  return `changed ${count} by ${commits}${failed === 0 ? "" : `, ${failed} failed`}`;
}

/** Of one workload that was asked for, why; of many, how many. */
function nothingToDo({ status }: Release, failed: number): string {
  const told = (status?.workloads ?? []).filter(
    (workload) => workload.status === "skipped" || workload.status === "failed",
  );
  const [first] = told;
  const why = told.length === 1 && first ? `: ${first.id}: ${first.reason ?? ""}` : "";
  return `nothing to do${why}${failed > 1 ? `: ${failed} failed` : ""}`;
}

/** Source: fluxcd/flux pkg/event; spec/flux1-keel-flagger.md 1.16. */
export function releasedEvent(release: Release): RunEvent | undefined {
  const { spec } = release;
  const changed = changedWorkloads(release);
  if (changed.length === 0 || spec.dryRun) return undefined;
  const ids = changed.map(({ id }) => id).join(", ");
  const images = [...new Set(changed.flatMap(({ containers = [] }) => containers.map(({ target }) => target)))].join(
    ", ",
  );
  const by = spec.cause?.user === undefined ? "" : `, by ${spec.cause.user}`;
  const message = spec.cause?.message === undefined ? "" : `, with message ${JSON.stringify(spec.cause.message)}`;
  const what = spec.policies ? `Updated policies: ${ids}` : `Released: ${images} to ${ids}`;
  const revision = release.status?.commits?.[0]?.revision;
  return {
    severity: "info",
    reason: spec.policies ? "UpdatedPolicies" : "Released",
    message: `${what}${by}${message}`,
    ...(revision === undefined ? {} : { metadata: { "eddy.sh/revision": revision } }),
  };
}
