import type { Kustomization } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import { formatDuration } from "@eddy/core/duration";
import { deepEqual } from "@eddy/core/json";
import { checkDependencies, dependenciesOf, type DependencyRules } from "@eddy/runtime/dependencies";
import type { Ports } from "./ports.ts";
import { sourceRefOf, type ResolvedSource } from "./resolve-source.ts";

/**
 * Passes when every dependency is ready, and at this revision where it is a Kustomization of the same source.
 * @throws StepError DependencyNotReady (waiting), AccessDenied (terminal), InvalidCELExpression (terminal)
 */
export async function requireDependencies(object: Kustomization, source: ResolvedSource, ports: Ports): Promise<void> {
  const rules: DependencyRules = {
    determineUnreadiness: (dependency) => determineUnreadiness(dependency as Kustomization, object, source.revision),
    describeMissing: (name, detail) => `dependency '${name}' not found: ${detail}`,
    eventMessage: `Dependencies do not meet ready condition, retrying in ${formatDuration(ports.settings.requeueDependencyMs)}`,
  };
  await checkDependencies(object, rules, ports);
}

/**
 * How to see that every dependency is ready still; undefined where an expression decides, or a kind that is not known. One that is not
 * watched is never seen.
 */
export function proveDependencies(
  { apiVersion, kind, metadata, spec }: Kustomization,
  { revision }: Pick<ResolvedSource, "revision">,
  { caches }: Pick<Ports, "caches">,
): (() => boolean) | undefined {
  const dependant = { apiVersion, kind, metadata, spec };
  const dependencies = dependenciesOf(dependant);
  if (dependencies.length === 0) return () => true;
  if (dependencies.some(({ isForeign, readyExpr }) => isForeign || readyExpr !== undefined)) return undefined;
  return () =>
    dependencies.every(({ ref }) => {
      const found = caches.get<Kustomization>(ref);
      return found !== undefined && determineUnreadiness(found, dependant, revision) === undefined;
    });
}

/** Why a dependency does not count as ready, or undefined when it does. Pure. Source: Flux spec 3.3 step 4. */
export function determineUnreadiness(
  dependency: Kustomization,
  dependant: Pick<Kustomization, "metadata" | "spec">,
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
