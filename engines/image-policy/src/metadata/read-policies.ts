import type { Policy } from "../policy.ts";
import { readFluxV1Policies, tagPatternOf, type FluxV1Policies } from "./flux-v1.ts";
import { readKeelPolicies, type KeelPolicies } from "./keel.ts";
import type { PolicyMetadata, PolicyProblem } from "./problem.ts";

/** What a workload's labels and annotations ask for, in the words of Flux v1 and of Keel. */
export interface WorkloadPolicies {
  /** Whose words update the workload; `none` where nobody's do, or where both would. */
  readonly by: "flux-v1" | "keel" | "none";
  readonly fluxV1: FluxV1Policies;
  readonly keel: KeelPolicies;
  /** Everything that cannot be meant, of either world and of both together. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Reads everything that an object says about updates of its images. Where Flux v1 and Keel would both update, or one would and
 * the other locks, that is reported, and nobody does: two hands at one image never come to rest.
 */
export function readWorkloadPolicies(metadata: PolicyMetadata): WorkloadPolicies {
  const fluxV1 = readFluxV1Policies(metadata);
  const keel = readKeelPolicies(metadata);
  const isKeels = keel.policy.form !== "never";
  const isHeld = fluxV1.locked || fluxV1.ignored === "all";
  const isFluxs = fluxV1.automated && !isHeld;
  const conflict = isKeels ? conflictOf(fluxV1) : undefined;
  return {
    by: conflict ? "none" : isFluxs ? "flux-v1" : isKeels ? "keel" : "none",
    fluxV1,
    keel,
    problems: [...fluxV1.problems, ...keel.problems, ...(conflict ? [conflict] : [])],
  };
}

function conflictOf({ prefix, automated, locked, ignored }: FluxV1Policies): PolicyProblem | undefined {
  const word = locked ? "locked" : ignored === "all" ? "ignore" : automated ? "automated" : undefined;
  if (word === undefined) return undefined;
  const keys = [`${prefix}${word}`, "keel.sh/policy"];
  return { form: "Contradiction", keys, message: `${keys.join(" and ")} are both set: nothing is updated` };
}

/** The policy of one container; `never` where nobody updates the workload. */
export function policyOfContainer({ by, fluxV1, keel }: WorkloadPolicies, container: string): Policy {
  if (by === "flux-v1") return { form: "pattern", pattern: tagPatternOf(fluxV1, container) };
  return by === "keel" ? keel.policy : { form: "never" };
}
