/**
 * Which tag of an image is next: Flux v2's ImagePolicies, Flux v1's tag filters and Keel's policies, on one engine.
 *
 * Not a client: tags, digests and dates are given. Entry points: {@link selectTag}, {@link explainTags},
 * {@link readWorkloadPolicies}.
 */
export type { KeelRule, Policy, SortOrder, TagFilter, TagPattern } from "./policy.ts";
export { isTagName, type Tag } from "./tag.ts";
export { explainRefusal, type Refusal, type RefusalReason } from "./refusal.ts";
export {
  explainTags,
  judgeTag,
  selectTag,
  selectTagInTurns,
  type Explanation,
  type Selection,
  type SelectOptions,
} from "./select-tag.ts";
export { compilePolicy } from "./compile-policy.ts";
export type { TagKey, TagRule } from "./rule.ts";
export { matchesGlob } from "./glob.ts";
export type { PolicyMetadata, PolicyProblem } from "./metadata/problem.ts";
export { anyTag, formatTagPattern, parseTagPattern } from "./metadata/tag-pattern.ts";
export { readFluxV1Policies, tagPatternOf, type FluxV1Policies } from "./metadata/flux-v1.ts";
export { parseKeelPolicy, readKeelPolicies, type KeelPolicies, type KeelPolicyOptions } from "./metadata/keel.ts";
export { policyOfSpec, type ImagePolicyChoiceSpec } from "./metadata/flux-v2.ts";
export { policyOfContainer, readWorkloadPolicies, type WorkloadPolicies } from "./metadata/read-policies.ts";
