import type { KubeObject } from "@eddy/core/object";

/** Parts objects that `helm.sh/resource-policy: keep` keeps from those that go. Pure. Source: Helm `action/resource_policy.go`. */
export function splitKept(objects: readonly KubeObject[]): { kept: KubeObject[]; going: KubeObject[] } {
  const kept: KubeObject[] = [];
  const going: KubeObject[] = [];
  for (const object of objects) {
    const policy = object.metadata.annotations?.["helm.sh/resource-policy"];
    if (policy === undefined) going.push(object);
    // Another word than keep neither keeps nor deletes: Helm lets go of such objects too.
    else if (policy.trim().toLowerCase() === "keep") kept.push(object);
  }
  return { kept, going };
}
