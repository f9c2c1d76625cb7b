import { helmConditionTypes, type HelmRelease } from "@eddy/api";
import type { Condition } from "@eddy/core/conditions";

/** What Ready repeats. */
export type Summary = Pick<Condition, "status" | "reason" | "message">;

/**
 * Ready as Remediated, TestSuccess (when tests are enabled and count) and Released make it: the first of these, unless one
 * further on is of a newer generation. Whatever was remediated is not ready. Undefined while there is none of them.
 * Source: helm-controller reconcile/release.go `summarize`.
 */
export function summarizeConditions(
  conditions: readonly Condition[],
  { spec }: Pick<HelmRelease, "spec">,
): Summary | undefined {
  const { remediated, testSuccess, released } = helmConditionTypes;
  const testsCount = spec.test?.enable === true && spec.test.ignoreFailures !== true;
  const order: readonly string[] = testsCount ? [remediated, testSuccess, released] : [remediated, released];
  const candidates = conditions.filter(({ type }) => order.includes(type));
  const [first, ...others] = candidates;
  if (!first) return undefined;
  const chosen = others.reduce((best, candidate) => (comesBefore(candidate, best, order) ? candidate : best), first);
  const { status, reason, message } = chosen;
  return { status: chosen.type === remediated ? "False" : status, reason, message };
}

function comesBefore(left: Condition, right: Condition, order: readonly string[]): boolean {
  const isAsNew = (left.observedGeneration ?? 0) >= (right.observedGeneration ?? 0);
  return isAsNew && order.indexOf(left.type) < order.indexOf(right.type);
}
