import { gvkOf, refOf, type KubeObject } from "@eddy/core/object";
import type { ObjectKey } from "@eddy/kube";

/** The key of the object in the version that it is written in. */
export function keyOf(object: KubeObject): ObjectKey {
  return { ...refOf(object), version: gvkOf(object).version };
}

/** `Kind "name" in namespace "ns"`: how Helm names an object in its errors. */
export function quoteObject({ kind, metadata }: KubeObject): string {
  return `${kind} ${JSON.stringify(metadata.name)} in namespace ${JSON.stringify(metadata.namespace ?? "")}`;
}

/** `ns/name apps/v1, Kind=Deployment`. */
export function describeObject(object: KubeObject): string {
  const { group, version, kind } = gvkOf(object);
  const { namespace = "", name } = object.metadata;
  return `${namespace}/${name} ${group}/${version}, Kind=${kind}`;
}

/** Equal for the same object, whatever the version that it is written in. */
export function identityOf(object: KubeObject): string {
  const { group, kind, namespace, name } = refOf(object);
  return `${group}/${kind}/${namespace}/${name}`;
}

/** Objects that the server is to name: they are only ever created. */
export function isGenerated({ metadata }: KubeObject): boolean {
  return !metadata.name && metadata.generateName !== undefined && metadata.generateName !== "";
}
