import { helmGroup, kustomizeGroup, type DependencyReference } from "@eddy/api";
import { parseApiVersion, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { ForeignReference } from "../controller/index.ts";
import { isHealthyByExistence } from "../health/index.ts";

/** A Kustomization or HelmRelease, as far as its dependencies go. */
export interface Dependant extends KubeObject {
  spec: { dependsOn?: DependencyReference[]; serviceAccountName?: string };
}

/** An entry of `spec.dependsOn`, resolved. */
export interface Dependency {
  /** Its namespace is the dependant's where none is given, also for a kind that turns out to have none. */
  ref: ObjectRef;
  /** Of a foreign kind, where the entry names one. */
  version: string | undefined;
  readyExpr: string | undefined;
  /** Of a kind that the controller does not know: read as the dependant's account, ready by kstatus. */
  isForeign: boolean;
}

const groups: ReadonlyMap<string, string> = new Map([
  ["Kustomization", kustomizeGroup],
  ["HelmRelease", helmGroup],
]);

/** Kinds whose readiness each controller knows; any other is foreign to it. */
const knownKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ["Kustomization", ["Kustomization"]],
  ["HelmRelease", ["HelmRelease", "Kustomization"]],
]);

/**
 * Everything in `spec.dependsOn`. Pure. Without a `kind`, an entry is of the dependant's own; without an `apiVersion`, its group is
 * that of Kustomizations and HelmReleases, and the core group for what the schema should have refused.
 */
export function dependenciesOf({ kind: ownKind, metadata, spec }: Dependant): Dependency[] {
  return (spec.dependsOn ?? []).map(({ apiVersion, kind = ownKind, name, namespace, readyExpr }) => {
    const { group, version } = apiVersion
      ? parseApiVersion(apiVersion)
      : { group: groups.get(kind) ?? "", version: undefined };
    const isForeign = !(group === groups.get(kind) && knownKinds.get(ownKind)?.includes(kind));
    const ref = { group, kind, name, namespace: namespace || (metadata.namespace ?? "") };
    return { ref, version, readyExpr, isForeign };
  });
}

/** References to the dependencies of kinds that the controller knows. */
export function knownDependencyRefsOf(object: Dependant): ObjectRef[] {
  return dependenciesOf(object).flatMap(({ ref, isForeign }) => (isForeign ? [] : [ref]));
}

/** What of the others makes a dependant run: their readiness where kstatus decides, any change where an expression does. */
export function foreignReferencesOf(object: Dependant): ForeignReference[] {
  return dependenciesOf(object).flatMap(({ ref, readyExpr, isForeign }): ForeignReference[] => {
    if (!isForeign) return [];
    if (readyExpr) return [{ ref, by: "version" }];
    return [{ ref, by: isHealthyByExistence(ref) ? "existence" : "state" }];
  });
}

/** Whether a reference is to something that has dependencies itself. */
export function isDependant({ group, kind }: Pick<ObjectRef, "group" | "kind">): boolean {
  return groups.get(kind) === group;
}
