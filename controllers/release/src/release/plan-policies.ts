import type { PolicyChange, WorkloadRelease } from "@eddy/api";
import type { Workload } from "../workload/workload.ts";

/** Words of Flux v1 that stand for every container. */
const tagAll = "tag_all";

/**
 * The annotations that a policy change sets (null: removes) on a workload, with the prefix and spelling that it has already. A filter
 * of `*` is none. Pure. Source: fluxcd/flux pkg/resource/policy.go; spec/flux1-keel-flagger.md 1.7.
 */
export function policyAnnotations(
  { set = {}, remove = [] }: PolicyChange,
  workload: Workload,
): Record<string, string | null> {
  const { prefix } = workload.policies.fluxV1;
  const present = workload.object.metadata.annotations ?? {};
  const wanted: Record<string, string | null> = {};
  const put = (word: string, value: string | null): void => {
    if (word === tagAll) return workload.containers.forEach(({ name }) => put(`tag.${name}`, value));
    const filter = word.startsWith("tag.") ? `filter.fluxcd.io/${word.slice("tag.".length)}` : undefined;
    const key = filter !== undefined && filter in present ? filter : prefix + word;
    wanted[key] = filter !== undefined && (value === "*" || value === "glob:*") ? null : value;
  };
  for (const word of remove) put(word, null);
  for (const [word, value] of Object.entries(set)) put(word, value);
  return wanted;
}

/** What becomes of one workload's policies. Pure. */
export function planPolicies(change: PolicyChange, workload: Workload): WorkloadRelease {
  const present = workload.object.metadata.annotations ?? {};
  const wanted = Object.entries(policyAnnotations(change, workload));
  const isThere = wanted.every(([key, value]) => (present[key] ?? null) === value);
  const { id } = workload;
  return isThere ? { id, status: "skipped", reason: "policies up to date" } : { id, status: "success" };
}
