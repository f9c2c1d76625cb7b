import type { Kind } from "@eddy/api";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import type { KubeClient, ListOptions } from "@eddy/kube";

/** Names one object of a kind. */
export function refTo(kind: Kind, namespace: string, name: string): ObjectRef & { version: string } {
  return {
    group: kind.group,
    kind: kind.kind,
    version: kind.storageVersion,
    namespace: kind.scope === "Cluster" ? "" : namespace,
    name,
  };
}

/** One object of a kind, in its storage version. Throws KubeApiError `NotFound`. */
export async function getObject(kube: KubeClient, kind: Kind, namespace: string, name: string): Promise<KubeObject> {
  return kind.decode(await kube.get(refTo(kind, namespace, name)));
}

/** Which objects of a kind; `namespace` "" is all namespaces. */
export interface ObjectFilter {
  namespace: string;
  name?: string;
  labelSelector?: string;
}

/** Objects of a kind by namespace and name, in its storage version. */
export async function listObjects(kube: KubeClient, kind: Kind, filter: ObjectFilter): Promise<KubeObject[]> {
  const { items } = await kube.list(kindRefOf(kind), listOptions(filter));
  return items.map((item) => kind.decode(item));
}

/** The kind as the client's list and watch take it. */
export function kindRefOf(kind: Kind): { group: string; kind: string; version: string } {
  return { group: kind.group, kind: kind.kind, version: kind.storageVersion };
}

/** A filter as options of a list or a watch. */
export function listOptions(filter: ObjectFilter): ListOptions {
  return {
    ...(filter.namespace === "" ? {} : { namespace: filter.namespace }),
    ...(filter.name === undefined ? {} : { fieldSelector: `metadata.name=${filter.name}` }),
    ...(filter.labelSelector === undefined ? {} : { labelSelector: filter.labelSelector }),
  };
}
