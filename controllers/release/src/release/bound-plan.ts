import type { WorkloadRelease } from "@eddy/api";

/** Objects have a size: of workloads that nobody asked about, as many are written down. */
const maxIgnored = 200;
const maxReason = 2_000;

/** A plan that fits into a status, with what is secret masked in its reasons. Whatever is not ignored stays. Pure. */
export function boundPlan(planned: readonly WorkloadRelease[], mask: (text: string) => string): WorkloadRelease[] {
  let ignored = 0;
  return planned
    .filter(({ status }) => status !== "ignored" || ++ignored <= maxIgnored)
    .map((workload) =>
      workload.reason === undefined ? workload : { ...workload, reason: cut(mask(workload.reason)) },
    );
}

function cut(text: string): string {
  return text.length > maxReason ? `${text.slice(0, maxReason)}…` : text;
}
