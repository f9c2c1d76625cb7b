import type { ObjectRef } from "@eddy/core/object";

/** Whether what this object reads leads to the one with the key `<namespace>/<name>`, which may be itself. All are of one kind. */
export function comesBack(from: ObjectRef, key: string, readBy: (ref: ObjectRef) => readonly ObjectRef[]): boolean {
  const seen = new Set<string>();
  const rest = [from];
  for (let ref = rest.pop(); ref; ref = rest.pop()) {
    const name = `${ref.namespace}/${ref.name}`;
    if (name === key) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    rest.push(...readBy(ref));
  }
  return false;
}
