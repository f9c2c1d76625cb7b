import type { ObjectEvent } from "@eddy/control-plane";
import { formatTime, type Condition } from "@eddy/core/conditions";
import { matchesLabels, selectorOf, type LabelSelector } from "@eddy/core/labels";
import type { KubeObject } from "@eddy/core/object";
import { isActive, isReady } from "../pods/pod-facts.ts";
import { resolveCount } from "../frame/resolve-count.ts";
import { disruptionBudgets, pods } from "../frame/resources.ts";
import type { CountOrShare, Pod } from "../frame/shapes.ts";
import { isDeleted, keyOf, writeStatus, type Controller, type World } from "../frame/world.ts";

/** A PodDisruptionBudget. */
export interface DisruptionBudget extends KubeObject {
  spec: { minAvailable?: CountOrShare; maxUnavailable?: CountOrShare; selector?: LabelSelector };
  status?: { conditions?: Condition[] };
}

/** Counts what each PodDisruptionBudget still allows. */
export const disruptionBudgetController: Controller = {
  name: "disruption",
  resource: disruptionBudgets,
  watches: [pods],
  concerns: budgetsOf,
  reconcile(namespace, name, pass) {
    const budget = pass.access.get(disruptionBudgets, namespace, name) as DisruptionBudget | undefined;
    if (!budget || isDeleted(budget)) return;
    // A budget without a selector protects nothing.
    const found = budget.spec.selector
      ? (pass.access.list(pods, { namespace, selector: selectorOf(budget.spec.selector) }) as readonly Pod[])
      : [];
    writeStatus(
      pass,
      disruptionBudgets,
      budget,
      disruptionBudgetStatus(budget, found.filter(isActive), pass.clock.now()),
    );
  },
};

/** Source: kube-controller-manager disruption/disruption.go. Expected Pods are those that exist: no scale is asked. */
export function disruptionBudgetStatus(budget: DisruptionBudget, found: readonly Pod[], nowMs: number): object {
  const expected = found.length;
  const healthy = found.filter(isReady).length;
  const { minAvailable, maxUnavailable } = budget.spec;
  const desired =
    maxUnavailable === undefined
      ? resolveCount(minAvailable, expected, "up")
      : Math.max(0, expected - resolveCount(maxUnavailable, expected, "up"));
  const allowed = expected === 0 ? 0 : Math.max(0, healthy - desired);
  const status = allowed > 0 ? "True" : "False";
  const previous = budget.status?.conditions?.find(({ type }) => type === "DisruptionAllowed");
  const generation = budget.metadata.generation ?? 0;
  const lastTransitionTime = previous?.status === status ? previous.lastTransitionTime : formatTime(new Date(nowMs));
  const reason = allowed > 0 ? "SufficientPods" : "InsufficientPods";
  return {
    observedGeneration: generation,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [
      { type: "DisruptionAllowed", status, observedGeneration: generation, lastTransitionTime, reason, message: "" },
    ],
  };
}

function* budgetsOf({ object, previous }: ObjectEvent, { access }: World): Iterable<string> {
  for (const budget of access.list(disruptionBudgets, {
    namespace: object.metadata.namespace ?? "",
  }) as readonly DisruptionBudget[]) {
    const selector = selectorOf(budget.spec.selector);
    if ([object, previous].some((pod) => pod && matchesLabels(selector, pod.metadata.labels))) yield keyOf(budget);
  }
}
