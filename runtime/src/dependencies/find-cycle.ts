import { formatObjectName, refKey, refOf, type ObjectRef } from "@eddy/core/object";
import { dependenciesOf, isDependant, type Dependant } from "./dependency.ts";

/** The objects on the way from an object over its dependencies back to it; undefined when no way leads back. Pure. */
export function findCycle(
  object: Dependant,
  lookup: (ref: ObjectRef) => Dependant | undefined,
): ObjectRef[] | undefined {
  const self = refKey(refOf(object));
  const seen = new Set<string>();
  const visit = (current: Dependant, path: readonly ObjectRef[]): ObjectRef[] | undefined => {
    for (const { ref } of dependenciesOf(current)) {
      const key = refKey(ref);
      const step = [...path, ref];
      if (key === self) return step;
      const next = seen.has(key) || !isDependant(ref) ? undefined : lookup(ref);
      seen.add(key);
      const cycle = next && visit(next, step);
      if (cycle) return cycle;
    }
    return undefined;
  };
  return visit(object, []);
}

/** `: circular dependency a → b`, with kinds where they differ; "" for none. */
export function describeCycle(cycle: readonly ObjectRef[] | undefined): string {
  if (!cycle) return "";
  const isOneKind = new Set(cycle.map(({ kind }) => kind)).size === 1;
  const nameOf = ({ kind, name }: ObjectRef): string => (isOneKind ? name : formatObjectName({ kind, name }));
  return `: circular dependency ${cycle.map(nameOf).join(" → ")}`;
}
