/** Empties a namespace that is being deleted, and lets it go when nothing is left. Source: pkg/controller/namespace/deletion. */
import { formatTime } from "@eddy/core/conditions";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { deleteObject } from "../rest/delete-object.ts";
import { orderObject } from "../rest/order-object.ts";
import { requireObject, updateObject } from "../rest/write-object.ts";
import { StatusError } from "../status-error.ts";

const system = { name: "system:serviceaccount:kube-system:namespace-controller", groups: ["system:masters"] };

/** Empties the namespace after the current request; safe to call often. */
export function scheduleNamespaceTermination(kernel: Kernel, name: string): void {
  kernel.later(() => terminate(kernel, name));
}

/** Goes on whenever something in a terminating namespace is gone. */
export function watchNamespaceContent(kernel: Kernel): void {
  kernel.store.onChange(({ type, object }) => {
    const { namespace } = object.metadata;
    if (type !== "DELETED" || namespace === undefined) return;
    if (kernel.store.get("/namespaces", namespace)?.object.metadata.deletionTimestamp !== undefined)
      scheduleNamespaceTermination(kernel, namespace);
  });
}

/** One resource per collection: an object is deleted once, whatever its versions. */
function namespacedResources(kernel: Kernel): ResourceInfo[] {
  const found = new Map<string, ResourceInfo>();
  for (const info of kernel.registry.all())
    if (info.namespaced && info.verbs.includes("delete") && !found.has(info.collection))
      found.set(info.collection, info);
  return [...found.values()];
}

function terminate(kernel: Kernel, name: string): void {
  const live = kernel.store.get("/namespaces", name)?.object;
  if (live?.metadata.deletionTimestamp === undefined) return;
  const remaining = new Map<ResourceInfo, KubeObject[]>();
  for (const info of namespacedResources(kernel)) {
    for (const { object } of kernel.store.collection(info.collection).list(`${name}/`))
      if (object.metadata.deletionTimestamp === undefined) tryDelete(kernel, info, object);
    const left = kernel.store
      .collection(info.collection)
      .list(`${name}/`)
      .map((entry) => entry.object);
    if (left.length > 0) remaining.set(info, left);
  }
  if (remaining.size === 0) finalize(kernel, name);
  else report(kernel, name, remaining);
}

function tryDelete(kernel: Kernel, info: ResourceInfo, object: KubeObject): void {
  try {
    deleteObject(kernel, info, object.metadata.namespace ?? "", object.metadata.name, {
      propagationPolicy: "Background",
      dryRun: false,
    });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
}

function finalize(kernel: Kernel, name: string): void {
  const info = kernel.registry.find("", "v1", "namespaces");
  if (!info) return;
  const live = requireObject(kernel, info, "", name);
  const spec = isObject(live["spec"]) ? live["spec"] : {};
  const finalizers = ((spec["finalizers"] as string[] | undefined) ?? []).filter((each) => each !== "kubernetes");
  const next: KubeObject = { ...live, spec: finalizers.length > 0 ? { ...spec, finalizers } : {} };
  updateObject(kernel, info, "finalize", live, next, {
    manager: "kube-controller-manager",
    user: system,
    dryRun: false,
  });
}

function conditionsOf(kernel: Kernel, remaining: ReadonlyMap<ResourceInfo, KubeObject[]>): JsonObject[] {
  const resources = [...remaining]
    .map(([info, objects]) => `${info.resource}.${info.group} has ${objects.length} resource instances`)
    .sort();
  const finalizers = new Map<string, number>();
  for (const object of [...remaining.values()].flat())
    for (const each of object.metadata.finalizers ?? []) finalizers.set(each, (finalizers.get(each) ?? 0) + 1);
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort();
  const time = formatTime(new Date(kernel.clock.now()));
  const condition = (type: string, bad: boolean, reason: string, message: string): JsonObject => ({
    type,
    status: bad ? "True" : "False",
    lastTransitionTime: time,
    reason,
    message,
  });
  return [
    condition(
      "NamespaceDeletionDiscoveryFailure",
      false,
      "ResourcesDiscovered",
      "All resources successfully discovered",
    ),
    condition(
      "NamespaceDeletionGroupVersionParsingFailure",
      false,
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    condition(
      "NamespaceDeletionContentFailure",
      false,
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ),
    condition(
      "NamespaceContentRemaining",
      true,
      "SomeResourcesRemain",
      `Some resources are remaining: ${resources.join(", ")}`,
    ),
    held.length > 0
      ? condition(
          "NamespaceFinalizersRemaining",
          true,
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${held.join(", ")}`,
        )
      : condition(
          "NamespaceFinalizersRemaining",
          false,
          "ContentHasNoFinalizers",
          "All content-preserving finalizers finished",
        ),
  ];
}

function report(kernel: Kernel, name: string, remaining: ReadonlyMap<ResourceInfo, KubeObject[]>): void {
  const info = kernel.registry.find("", "v1", "namespaces");
  const live = kernel.store.get("/namespaces", name)?.object;
  if (!info || !live) return;
  const status = isObject(live["status"]) ? live["status"] : {};
  const conditions = conditionsOf(kernel, remaining);
  const said = (list: unknown): string =>
    JSON.stringify(
      (Array.isArray(list) ? (list as JsonObject[]) : []).map(({ type, status: state, message }) => [
        type,
        state,
        message,
      ]),
    );
  if (said(status["conditions"]) === said(conditions)) return;
  kernel.store.put(info.collection, name, orderObject({ ...live, status: { ...status, conditions } }, info));
}
