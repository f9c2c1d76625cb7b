import { helmGroup, kustomizeGroup, type HelmDependencyReference, type HelmRelease } from "@eddy/api";
import { isTrue, type Condition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";

/** Reference to one of `spec.dependsOn`: a HelmRelease unless it says that it is a Kustomization. */
export function dependencyRef(object: HelmRelease, { kind, name, namespace }: HelmDependencyReference): ObjectRef {
  return {
    group: kind === "Kustomization" ? kustomizeGroup : helmGroup,
    kind: kind ?? "HelmRelease",
    name,
    namespace: namespace ?? object.metadata.namespace ?? "",
  };
}

/**
 * Passes when every dependency is ready. Their readiness is watched: the dependant runs as soon as the last one is.
 * @throws StepError DependencyNotReady (waiting)
 */
export async function checkDependencies(object: HelmRelease, ports: Ports): Promise<void> {
  for (const dependsOn of object.spec.dependsOn ?? []) {
    const ref = dependencyRef(object, dependsOn);
    const name = `'${ref.namespace}/${ref.name}'`;
    const dependency = ports.caches.get(ref) ?? (await readDependency(ref, ports));
    if ("failure" in dependency) throw notReady(`unable to get ${name} dependency: ${dependency.failure}`, ports);
    const { readyExpr } = dependsOn;
    if (readyExpr && !(await evaluate(readyExpr, { self: object, dep: dependency }, ports)))
      throw notReady(`dependency ${name} is not ready according to readyExpr eval${cycleOf(object, ports)}`, ports);
    if (readyExpr && !ports.settings.additiveDependencyCheck) continue;
    if (!isReady(dependency)) throw notReady(`dependency ${name} is not ready${cycleOf(object, ports)}`, ports);
  }
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

async function evaluate(
  expression: string,
  variables: { self: HelmRelease; dep: KubeObject },
  ports: Ports,
): Promise<boolean> {
  const program = await ports.expressions.readiness(expression);
  try {
    return program.evaluate(variables) === true;
  } catch (error) {
    // A field that is not there yet.
    throw notReady(messageOf(error), ports);
  }
}

/** ": circular dependency a → b → a" when a dependency waits for this release, directly or over others; else "". */
export function cycleOf(object: HelmRelease, { caches }: Pick<Ports, "caches">): string {
  const { name: ownName, namespace: ownNamespace } = object.metadata;
  const seen = new Set<string>();
  const visit = (current: HelmRelease, path: readonly string[]): readonly string[] | undefined => {
    for (const dependsOn of current.spec.dependsOn ?? []) {
      const ref = dependencyRef(current, dependsOn);
      if (ref.kind !== "HelmRelease") continue;
      const step = [...path, ref.name];
      if (ref.name === ownName && ref.namespace === ownNamespace) return step;
      const key = `${ref.namespace}/${ref.name}`;
      const next = seen.has(key) ? undefined : caches.get<HelmRelease>(ref);
      seen.add(key);
      const cycle = next && visit(next, step);
      if (cycle) return cycle;
    }
    return undefined;
  };
  const cycle = visit(object, []);
  return cycle ? `: circular dependency ${cycle.join(" → ")}` : "";
}

async function readDependency(ref: ObjectRef, { kube }: Ports): Promise<KubeObject | { failure: string }> {
  try {
    return await kube.get(ref);
  } catch (error) {
    if (hasReason(error, "NotFound")) return { failure: messageOf(error) };
    throw error;
  }
}

function notReady(message: string, { settings }: Ports): StepError {
  return new StepError("DependencyNotReady", message, { class: "waiting", retryAfterMs: settings.requeueDependencyMs });
}
