import { kustomizeGroup, type DependencyReference, type Kustomization } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import { formatDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { refOf, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";
import { sourceRefOf, type ResolvedSource } from "./resolve-source.ts";

/** References to everything in `spec.dependsOn`. */
export function dependencyRefsOf({ spec, metadata }: Kustomization): ObjectRef[] {
  return (spec.dependsOn ?? []).map(({ name, namespace }) => ({
    group: kustomizeGroup,
    kind: "Kustomization",
    name,
    namespace: namespace ?? metadata.namespace ?? "",
  }));
}

/**
 * Passes when every dependency is ready, and at this revision where it has the same source. Their readiness is watched:
 * the dependant runs as soon as the last one is ready.
 * @throws StepError DependencyNotReady (waiting)
 */
export async function checkDependencies(object: Kustomization, source: ResolvedSource, ports: Ports): Promise<void> {
  for (const [index, ref] of dependencyRefsOf(object).entries()) {
    const name = `${ref.namespace}/${ref.name}`;
    const dependency = ports.caches.get<Kustomization>(ref) ?? (await readDependency(ref, ports));
    if ("failure" in dependency) throw notReady(`dependency '${name}' not found: ${dependency.failure}`, ports);
    const { readyExpr } = object.spec.dependsOn?.[index] ?? {};
    let problem = readyExpr && (await evaluateReadiness(readyExpr, { self: object, dep: dependency }, ports));
    if (!readyExpr || ports.settings.additiveDependencyCheck)
      problem ||= determineUnreadiness(dependency, object, source.revision);
    if (problem) throw notReady(`dependency '${name}' ${problem}${cycleOf(object, ports)}`, ports);
  }
}

/** Why a dependency does not count as ready, or undefined when it does. Pure. Source: Flux spec 3.3 step 4. */
export function determineUnreadiness(
  dependency: Kustomization,
  dependant: Kustomization,
  revision: string,
): string | undefined {
  const { status, metadata } = dependency;
  const observed = status?.observedGeneration === metadata.generation;
  if (!observed || !isTrue(status?.conditions, "Ready")) return "is not ready";
  const sameSource = deepEqual(sourceRefOf(dependency), sourceRefOf(dependant));
  if (sameSource && status?.lastAppliedRevision !== revision) return "revision is not up to date";
  return undefined;
}

/** Whether a change of a Kustomization may let a dependant go on. */
export function changesReadiness(before: Kustomization | undefined, after: Kustomization | undefined): boolean {
  if (!before || !after) return true;
  return (
    isTrue(before.status?.conditions, "Ready") !== isTrue(after.status?.conditions, "Ready") ||
    before.status?.lastAppliedRevision !== after.status?.lastAppliedRevision ||
    before.status?.observedGeneration !== after.status?.observedGeneration ||
    !deepEqual(before.metadata.labels, after.metadata.labels) ||
    !deepEqual(before.metadata.annotations, after.metadata.annotations)
  );
}

/** A dependency that refers to its dependant, directly or over others, by the names on the way; undefined when none does. */
export function findCycle(object: Kustomization, ports: Pick<Ports, "caches">): DependencyReference[] | undefined {
  const self = refOf(object);
  const visit = (
    current: Kustomization,
    path: DependencyReference[],
    seen: Set<string>,
  ): DependencyReference[] | undefined => {
    for (const ref of dependencyRefsOf(current)) {
      const step = [...path, { name: ref.name, namespace: ref.namespace }];
      if (ref.name === self.name && ref.namespace === self.namespace) return step;
      const key = `${ref.namespace}/${ref.name}`;
      const next = seen.has(key) ? undefined : ports.caches.get<Kustomization>(ref);
      seen.add(key);
      const cycle = next && visit(next, step, seen);
      if (cycle) return cycle;
    }
    return undefined;
  };
  return visit(object, [], new Set());
}

// An expression replaces the built-in test. Source: Flux spec 1.8 "dependsOn".
async function evaluateReadiness(
  expression: string,
  variables: { self: Kustomization; dep: Kustomization },
  ports: Ports,
): Promise<string | undefined> {
  const program = await ports.expressions.readiness(expression);
  try {
    return program.evaluate(variables) === true ? undefined : "is not ready according to readyExpr eval";
  } catch (error) {
    // A field that is not there yet.
    throw notReady(messageOf(error), ports);
  }
}

function cycleOf(object: Kustomization, ports: Pick<Ports, "caches">): string {
  const cycle = findCycle(object, ports);
  return cycle ? `: circular dependency ${cycle.map(({ name }) => name).join(" → ")}` : "";
}

async function readDependency(ref: ObjectRef, ports: Ports): Promise<Kustomization | { failure: string }> {
  try {
    return await ports.kube.get<Kustomization>(ref);
  } catch (error) {
    if (hasReason(error, "NotFound")) return { failure: messageOf(error) };
    throw error;
  }
}

function notReady(message: string, { settings }: Ports): StepError {
  return new StepError("DependencyNotReady", message, {
    class: "waiting",
    retryAfterMs: settings.requeueDependencyMs,
    eventMessage: `Dependencies do not meet ready condition, retrying in ${formatDuration(settings.requeueDependencyMs)}`,
  });
}
