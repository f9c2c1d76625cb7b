/** {@link ObjectAccess} over a kernel: the same write path as a request, without HTTP. */
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { matchesLabels } from "@eddy/core/labels";
import type { Kernel } from "./kernel.ts";
import type { DeleteOptions, GroupVersionResource, ObjectAccess, ObjectEvent } from "./object-access.ts";
import { storageKey, type ResourceInfo } from "./resources/resource-info.ts";
import { decodeObject } from "./rest/decode-object.ts";
import { deleteObject } from "./rest/delete-object.ts";
import { inRequestedVersion } from "./rest/list.ts";
import { createObject, requireObject, trackManagers, updateObject } from "./rest/write-object.ts";
import { StatusError } from "./status-error.ts";
import type { Change } from "./storage/store.ts";

const user = { name: "system:kube-controller-manager", groups: ["system:masters", "system:authenticated"] };

/** Access for controllers in this process. */
export function createObjectAccess(kernel: Kernel): ObjectAccess {
  const infoOf = (resource: GroupVersionResource): ResourceInfo => {
    const info = kernel.registry.find(resource.group, resource.version, resource.resource);
    if (!info)
      throw new StatusError(
        404,
        "NotFound",
        `the server could not find the requested resource: ${resource.group}/${resource.version}/${resource.resource}`,
      );
    return info;
  };
  const write = (
    resource: GroupVersionResource,
    object: KubeObject,
    subresource: "" | "status",
    manager = "kube-controller-manager",
  ): KubeObject => {
    const info = infoOf(resource);
    const live = inRequestedVersion(
      requireObject(kernel, info, object.metadata.namespace ?? "", object.metadata.name),
      info,
    );
    const next = decodeObject(cloneJson(object), info, "Ignore").object;
    const tracked = trackManagers(kernel, info, subresource, live, next, manager);
    return inRequestedVersion(
      updateObject(kernel, info, subresource, live, tracked, { manager, user, dryRun: false }),
      info,
    );
  };
  return {
    get(resource, namespace, name) {
      const info = infoOf(resource);
      const entry = kernel.store.get(info.collection, storageKey(info, namespace, name));
      return entry && inRequestedVersion(entry.object, info);
    },
    list(resource, options = {}) {
      const info = infoOf(resource);
      const { namespace, selector } = options;
      const entries = kernel.store
        .collection(info.collection)
        .list(namespace === undefined || !info.namespaced ? "" : `${namespace}/`);
      return entries
        .map((entry) => inRequestedVersion(entry.object, info))
        .filter((object) => selector === undefined || matchesLabels(selector, object.metadata.labels));
    },
    create(resource, object, options = {}) {
      const info = infoOf(resource);
      const manager = options.manager ?? "kube-controller-manager";
      const decoded = decodeObject(cloneJson(object), info, "Ignore").object;
      const created = createObject(kernel, info, object.metadata.namespace ?? "", decoded, {
        manager,
        user,
        dryRun: false,
      });
      return inRequestedVersion(created, info);
    },
    update: (resource, object, options = {}) => write(resource, object, "", options.manager),
    updateStatus: (resource, object, options = {}) => write(resource, object, "status", options.manager),
    delete: (resource, namespace, name, options = {}) =>
      removeObject(kernel, infoOf(resource), namespace, name, options),
    watch: (resources, listener, options = {}) => watchObjects(kernel, resources, listener, options.initial === true),
  };
}

function removeObject(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string,
  name: string,
  options: DeleteOptions,
): boolean {
  if (!kernel.store.get(info.collection, storageKey(info, namespace, name))) return false;
  deleteObject(kernel, info, namespace, name, {
    propagationPolicy: options.propagationPolicy ?? "Background",
    dryRun: false,
    ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  return true;
}

function watchObjects(
  kernel: Kernel,
  resources: readonly GroupVersionResource[] | "all",
  listener: (event: ObjectEvent) => void,
  initial: boolean,
): () => void {
  const resourceOf = (collection: string): GroupVersionResource | undefined => {
    const [group = "", resource = ""] = collection.split("/");
    if (resources === "all") return kernel.registry.findAny(group, resource) ?? { group, version: "", resource };
    return resources.find(
      (each) => (each.group === "events.k8s.io" ? "" : each.group) === group && each.resource === resource,
    );
  };
  if (initial) {
    for (const name of kernel.store.collectionNames()) {
      const resource = resourceOf(name);
      if (resource)
        for (const { object } of kernel.store.collection(name).list()) listener({ type: "ADDED", resource, object });
    }
  }
  return kernel.store.onChange((change: Change) => {
    const resource = resourceOf(change.collection);
    if (!resource) return;
    const { type, object, previous } = change;
    listener({ type, resource, object, ...(previous === undefined ? {} : { previous }) });
  });
}
