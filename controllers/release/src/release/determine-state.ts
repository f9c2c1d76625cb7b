import type { ReleaseSpec, ReleaseStatus } from "@eddy/api";

/** How far a release is: everything is read off what was written down, so that a restart goes on where it was. */
export type ReleaseState =
  /** Nothing is known, or it was longer ago than people take to vote. */
  | { readonly kind: "Unplanned" }
  /** There is nothing to do, or only the plan was asked for. */
  | { readonly kind: "Planned" }
  /** The plan is written down, and needs votes. */
  | { readonly kind: "Unapproved" }
  /** The plan is written down, and this repository has no commit yet. */
  | { readonly kind: "Uncommitted"; readonly repository: string }
  /** Everything is pushed, and nobody told the cluster. */
  | { readonly kind: "Unrequested" }
  /** The cluster is to get it. */
  | { readonly kind: "Unapplied" }
  /** Applied; workloads are to become ready. */
  | { readonly kind: "Unready" }
  | { readonly kind: "Done" };

/** Reads the state. Pure. */
export function determineState(spec: ReleaseSpec, status: ReleaseStatus | undefined): ReleaseState {
  const { phase = "Planning", workloads, commits = [] } = status ?? {};
  if (phase === "Succeeded" || phase === "Failed") return { kind: "Done" };
  if (phase === "Planning" || workloads === undefined) return { kind: "Unplanned" };
  const changed = workloads.filter((workload) => workload.status === "success");
  if (changed.length === 0 || spec.dryRun) return { kind: "Planned" };
  if (phase === "AwaitingApproval") return { kind: "Unapproved" };
  const committed = new Set(commits.map(({ repository }) => repository));
  const open = changed.map(({ repository = "" }) => repository).find((repository) => !committed.has(repository));
  if (open !== undefined) return { kind: "Uncommitted", repository: open };
  if (phase === "Committing") return { kind: "Unrequested" };
  return phase === "RollingOut" ? { kind: "Unready" } : { kind: "Unapplied" };
}
