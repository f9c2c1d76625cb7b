import { gvkOf, type KubeObject } from "@eddy/core/object";
import { isObject } from "@eddy/core/json";
import type { DeleteOptions, KubeClient, ObjectKey, PatchType, WriteOptions } from "../client.ts";
import type { ApiResource } from "../discovery/api-resource.ts";
import type { Requester } from "./requester.ts";
import { collectionPath, objectPath, requireNamespace, type Query } from "./resource-path.ts";

type WriteVerbs = Pick<KubeClient, "create" | "replace" | "apply" | "patch" | "delete">;

const patchTypes: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

/** create, replace, apply, patch and delete. */
export function writeVerbs(requester: Requester): WriteVerbs {
  const locate = (object: KubeObject): ApiResource | Promise<ApiResource> => requester.resourceFor(gvkOf(object));
  return {
    async create<T extends KubeObject>(object: KubeObject, options: WriteOptions = {}) {
      const resource = await locate(object);
      const key = keyOf(object);
      requireNamespace(resource, key);
      const path =
        options.subresource === undefined
          ? collectionPath(resource, key.namespace)
          : objectPath(resource, key, options.subresource);
      return (await requester.call({
        method: "POST",
        path,
        query: writeQuery(options),
        body: object,
        signal: options.signal,
      })) as T;
    },
    async replace<T extends KubeObject>(object: KubeObject, options: WriteOptions = {}) {
      const path = objectPath(await locate(object), keyOf(object), options.subresource);
      return (await requester.call({
        method: "PUT",
        path,
        query: writeQuery(options),
        body: object,
        signal: options.signal,
      })) as T;
    },
    async apply<T extends KubeObject>(object: KubeObject, options: Parameters<KubeClient["apply"]>[1]) {
      const resource = requester.resourceFor(gvkOf(object));
      const path = objectPath(
        resource instanceof Promise ? await resource : resource,
        keyOf(object),
        options.subresource,
      );
      return (await requester.call({
        method: "PATCH",
        path,
        query: { ...writeQuery(options), force: options.force },
        contentType: "application/apply-patch+yaml",
        body: object,
        signal: options.signal,
        repeatable: true,
      })) as T;
    },
    async patch<T extends KubeObject>(key: ObjectKey, type: PatchType, body: unknown, options: WriteOptions = {}) {
      const path = objectPath(await requester.resourceFor(key), key, options.subresource);
      return (await requester.call({
        method: "PATCH",
        path,
        query: writeQuery(options),
        contentType: patchTypes[type],
        body,
        signal: options.signal,
      })) as T;
    },
    async delete(key, options = {}) {
      const path = objectPath(await requester.resourceFor(key), key);
      const answer = await requester.call({
        method: "DELETE",
        path,
        body: deleteBody(options),
        signal: options.signal,
      });
      return remaining(answer);
    },
  };
}

/** A Status means gone; some kinds (Namespace, Pod) answer with the object, which remains only while it has a deletion time. */
function remaining(answer: unknown): KubeObject | undefined {
  if (!isObject(answer) || answer["kind"] === "Status") return undefined;
  const object = answer as unknown as KubeObject;
  return object.metadata.deletionTimestamp === undefined ? undefined : object;
}

function keyOf(object: KubeObject): { namespace: string; name: string } {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name ?? "" };
}

function writeQuery(options: WriteOptions): Query {
  return {
    fieldManager: options.fieldManager,
    dryRun: options.dryRun ? "All" : undefined,
    fieldValidation: options.fieldValidation,
  };
}

function deleteBody(options: DeleteOptions): unknown {
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    ...(options.propagationPolicy === undefined ? {} : { propagationPolicy: options.propagationPolicy }),
    ...(options.preconditions === undefined ? {} : { preconditions: options.preconditions }),
    ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.dryRun ? { dryRun: ["All"] } : {}),
  };
}
