import type { EditPlan } from "@eddy/source-edit";
import { isOf } from "../held-policies.ts";
import type { ReadyPolicy } from "../select-policies.ts";

/** Policies whose markers a plan changes. Pure. */
export function changedPolicies({ changes }: EditPlan, policies: readonly ReadyPolicy[]): ReadyPolicy[] {
  return policies.filter((policy) => changes.some(({ setter }) => isOf(setter, policy)));
}

/** `Update ghcr.io/org/web to 1.2.3`, or how many images change. Pure. */
export function titleOf(plan: EditPlan, policies: readonly ReadyPolicy[]): string {
  const changed = changedPolicies(plan, policies);
  const images = [...new Map(changed.map(({ image }) => [JSON.stringify(image), image])).values()];
  const [only] = images;
  if (only === undefined || images.length > 1) return `Update ${images.length} images`;
  const digest = only.digest ? ` (${only.digest.slice(0, "sha256:".length + 12)})` : "";
  return `Update ${only.name} to ${only.tag}${digest}`;
}
