import type { GroupVersionResource, ObjectAccess, ObjectEvent, StoredObject } from "@eddy/control-plane";
import type { Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import { EddyError } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { matchesLabels } from "@eddy/core/labels";
import { cloneJson, type KubeObject } from "@eddy/core/object";

/**
 * The port {@link ObjectAccess} over a map, for tests: metadata, generations, finalizers, graceful Pods and the change
 * feed as the control plane has them; no defaults and no validation. What it hands out is frozen.
 */
export function memoryAccess(clock: Clock): ObjectAccess {
  const objects = new Map<string, StoredObject>();
  const listeners = new Set<(event: ObjectEvent) => void>();
  const resources = new Map<string, GroupVersionResource>();
  let version = 0;
  let serial = 0;

  const keyOf = (resource: GroupVersionResource, namespace: string, name: string): string =>
    `${resource.group}/${resource.resource}|${namespace}/${name}`;
  const commit = (
    type: ObjectEvent["type"],
    resource: GroupVersionResource,
    object: KubeObject,
    previous?: StoredObject,
  ): StoredObject => {
    const stored = freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } });
    const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
    if (type === "DELETED") objects.delete(key);
    else objects.set(key, stored);
    resources.set(key, resource);
    for (const listener of listeners) listener({ type, resource, object: stored, ...(previous ? { previous } : {}) });
    return stored;
  };
  const replace = (resource: GroupVersionResource, sent: KubeObject, part: "spec" | "status"): StoredObject => {
    const { namespace = "", name, resourceVersion } = sent.metadata;
    const live = objects.get(keyOf(resource, namespace, name));
    if (!live) throw new EddyError("NOT_FOUND", `${resource.resource} "${name}" not found`, { class: "terminal" });
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion)
      throw new EddyError("CONFLICT", `${resource.resource} "${name}" has been modified`);
    const next: KubeObject =
      part === "status"
        ? { ...live, metadata: withAnnotationsOf(sent, live), status: cloneJson(sent["status"]) }
        : { ...cloneJson(sent), status: live["status"] };
    if (part === "spec" && isNewGeneration(live, next))
      next.metadata = { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 };
    if (
      deepEqual(
        { ...next, metadata: { ...next.metadata, resourceVersion: "" } },
        { ...live, metadata: { ...live.metadata, resourceVersion: "" } },
      )
    )
      return live;
    if (
      live.metadata.deletionTimestamp !== undefined &&
      (next.metadata.finalizers ?? []).length === 0 &&
      !live.metadata.deletionGracePeriodSeconds
    )
      return commit("DELETED", resource, next, live);
    return commit("MODIFIED", resource, next, live);
  };

  return {
    get: (resource, namespace, name) => objects.get(keyOf(resource, namespace, name)),
    list(resource, { namespace, selector = [] } = {}) {
      const prefix = `${resource.group}/${resource.resource}|${namespace === undefined ? "" : `${namespace}/`}`;
      const found = [...objects].filter(
        ([key, object]) => key.startsWith(prefix) && matchesLabels(selector, object.metadata.labels),
      );
      return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    },
    create(resource, object) {
      const name = object.metadata.name || `${object.metadata.generateName}${String(++serial).padStart(5, "0")}`;
      if (objects.has(keyOf(resource, object.metadata.namespace ?? "", name)))
        throw new EddyError("ALREADY_EXISTS", `${resource.resource} "${name}" already exists`);
      const metadata = {
        ...cloneJson(object.metadata),
        name,
        uid: `uid-${++serial}`,
        creationTimestamp: formatTime(new Date(clock.now())),
        generation: 1,
      };
      const { status: _, ...rest } = cloneJson(object);
      return commit("ADDED", resource, { ...rest, metadata });
    },
    update: (resource, object) => replace(resource, object, "spec"),
    updateStatus: (resource, object) => replace(resource, object, "status"),
    delete(resource, namespace, name, { propagationPolicy = "Background", gracePeriodSeconds, uid } = {}) {
      const live = objects.get(keyOf(resource, namespace, name));
      if (!live || (uid !== undefined && uid !== live.metadata.uid)) return false;
      const added = { Background: [], Foreground: ["foregroundDeletion"], Orphan: ["orphan"] }[propagationPolicy];
      const finalizers = [...(live.metadata.finalizers ?? []), ...added];
      const graceful = live.kind === "Pod" && gracePeriodSeconds !== 0;
      if (finalizers.length === 0 && !graceful) {
        commit("DELETED", resource, cloneJson(live), live);
        return true;
      }
      const deletionGracePeriodSeconds = graceful ? (gracePeriodSeconds ?? 30) : 0;
      if (
        live.metadata.deletionTimestamp !== undefined &&
        deepEqual(finalizers, live.metadata.finalizers ?? []) &&
        deletionGracePeriodSeconds >= (live.metadata.deletionGracePeriodSeconds ?? 0)
      )
        return true;
      const metadata = {
        ...cloneJson(live.metadata),
        deletionTimestamp: formatTime(new Date(clock.now())),
        deletionGracePeriodSeconds,
        ...(finalizers.length > 0 ? { finalizers: [...new Set(finalizers)] } : {}),
      };
      commit("MODIFIED", resource, { ...cloneJson(live), metadata }, live);
      return true;
    },
    watch(wanted, listener, { initial = false } = {}) {
      const filtered = (event: ObjectEvent): void => {
        if (
          wanted === "all" ||
          wanted.some(({ group, resource }) => group === event.resource.group && resource === event.resource.resource)
        )
          listener(event);
      };
      if (initial)
        for (const [key, object] of objects)
          filtered({ type: "ADDED", resource: resources.get(key) as GroupVersionResource, object });
      listeners.add(filtered);
      return () => void listeners.delete(filtered);
    },
  };
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}

/** As on the original, a Deployment's annotations count like its spec, unless they change with its status. */
function isNewGeneration(live: KubeObject, next: KubeObject): boolean {
  if (!deepEqual(next["spec"], live["spec"])) return true;
  return live.kind === "Deployment" && !deepEqual(next.metadata.annotations ?? {}, live.metadata.annotations ?? {});
}

function withAnnotationsOf(sent: KubeObject, live: KubeObject): KubeObject["metadata"] {
  const { annotations: _, ...metadata } = live.metadata;
  return { ...metadata, ...(sent.metadata.annotations && { annotations: cloneJson(sent.metadata.annotations) }) };
}
