import type { HelmRelease } from "@eddy/api";
import { isTrue, type Condition } from "@eddy/core/conditions";
import { deepEqual } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { checkDependencies, type DependencyRules } from "@eddy/runtime/dependencies";
import type { Ports } from "./ports.ts";

const rules: DependencyRules = {
  determineUnreadiness: (dependency) => (isReady(dependency) ? undefined : "is not ready"),
  describeMissing: (name, detail) => `unable to get '${name}' dependency: ${detail}`,
};

/**
 * Passes when every dependency is ready.
 * @throws StepError DependencyNotReady (waiting), AccessDenied (terminal), InvalidCELExpression (terminal)
 */
export async function requireDependencies(object: HelmRelease, ports: Ports): Promise<void> {
  await checkDependencies(object, rules, ports);
}

function isReady({ metadata, ...object }: KubeObject): boolean {
  const conditions = valueAt(object, "status", "conditions") as Condition[] | undefined;
  return valueAt(object, "status", "observedGeneration") === metadata.generation && isTrue(conditions, "Ready");
}

/** Whether a change of a HelmRelease or Kustomization may let a dependant go on. */
export function changesReadiness(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!before || !after) return true;
  const seen = (object: KubeObject): unknown[] => {
    const { labels, annotations } = object.metadata;
    return [isReady(object), valueAt(object, "status", "observedGeneration"), labels, annotations];
  };
  return !deepEqual(seen(before), seen(after));
}
