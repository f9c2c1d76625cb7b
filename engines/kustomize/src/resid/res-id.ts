import { formatGvk, type Gvk, isSelected, sameGvk } from "./gvk.ts";

/** Names one object in a build. */
export interface ResId extends Gvk {
  readonly name: string;
  readonly namespace: string;
  /** Whether the kind certainly has no namespace; false for ids that were written by people. */
  readonly clusterScoped: boolean;
}

/** What upstream stores as namespace of objects that have none. */
export const noNamespace = "_non_namespaceable_";

/** The namespace that counts when ids are compared: objects without one are in `default`. */
export function effectiveNamespace(id: ResId): string {
  if (id.clusterScoped) return noNamespace;
  return id.namespace === "" ? "default" : id.namespace;
}

/** Whether two ids name the same object. */
export function sameId(left: ResId, right: ResId): boolean {
  return left.name === right.name && sameGvk(left, right) && effectiveNamespace(left) === effectiveNamespace(right);
}

/** A map key; equal exactly for ids that {@link sameId} holds equal. */
export function idKey(id: ResId): string {
  return `${id.kind}\n${id.group}\n${id.version}\n${effectiveNamespace(id)}\n${id.name}`;
}

/** `Deployment.v1.apps/name.namespace`, as upstream's messages have it. */
export function formatId(id: ResId): string {
  return `${formatGvk(id)}/${id.name || "[noName]"}.${id.namespace || "[noNs]"}`;
}

/** Whether an id meets a written selector, in which "" means any. */
export function isSelectedBy(id: ResId, selector: ResId): boolean {
  return (
    (selector.name === "" || selector.name === id.name) &&
    (selector.namespace === "" || effectiveNamespace(selector) === effectiveNamespace(id)) &&
    isSelected(id, selector)
  );
}
