import type { KubeObject } from "@eddy/core/object";
import { formatApiVersion } from "@eddy/core/object";
import type { KindRef, KubeClient, ListOptions, ListResult, WatchEvent } from "../client.ts";
import type { ApiResource } from "../discovery/api-resource.ts";
import { hasReason } from "../errors.ts";
import { readEvents } from "../watch/read-events.ts";
import type { Requester } from "./requester.ts";
import { collectionPath, objectPath, type Query } from "./resource-path.ts";

type ReadVerbs = Pick<KubeClient, "get" | "list" | "watch">;

const metadataType = (as: string): string => `application/json;as=${as};g=meta.k8s.io;v=v1`;
const defaultPageSize = 500;

interface ListPage {
  items?: KubeObject[] | null;
  metadata?: { resourceVersion?: string; continue?: string };
}

/** get, list and watch. */
export function readVerbs(requester: Requester): ReadVerbs {
  return {
    async get<T extends KubeObject>(
      key: Parameters<KubeClient["get"]>[0],
      options: Parameters<KubeClient["get"]>[1] = {},
    ) {
      const resource = await requester.resourceFor(key);
      const object = await requester.call({
        method: "GET",
        path: objectPath(resource, key),
        signal: options.signal,
        ...(options.metadataOnly ? { accept: metadataType("PartialObjectMetadata") } : {}),
      });
      return asKind(object as T, resource);
    },
    async list<T extends KubeObject>(kind: KindRef, options: ListOptions = {}) {
      const resource = await requester.resourceFor(kind);
      try {
        return await listPages<T>(requester, resource, options, options.limit ?? defaultPageSize);
      } catch (error) {
        // The pages were older than what etcd keeps: only the whole at once is consistent now. Source: client-go pager.
        if (!hasReason(error, "Expired", "Gone")) throw error;
        return listPages<T>(requester, resource, options, 0);
      }
    },
    async *watch<T extends KubeObject>(
      kind: KindRef,
      options: Parameters<KubeClient["watch"]>[1],
    ): AsyncGenerator<WatchEvent<T>, void, void> {
      const resource = await requester.resourceFor(kind);
      const response = await requester.stream({
        method: "GET",
        path: collectionPath(resource, options.namespace ?? ""),
        query: watchQuery(options),
        signal: options.signal,
        ...(options.metadataOnly ? { accept: metadataType("PartialObjectMetadata") } : {}),
      });
      try {
        for await (const event of readEvents<T>(response)) {
          asKind(event.object, resource);
          yield event;
        }
      } catch (error) {
        throw options.signal?.aborted ? options.signal.reason : error;
      }
    },
  };
}

async function listPages<T extends KubeObject>(
  requester: Requester,
  resource: ApiResource,
  options: ListOptions,
  limit: number,
): Promise<ListResult<T>> {
  const items: T[] = [];
  let next = "";
  for (;;) {
    const page = (await requester.call({
      method: "GET",
      path: collectionPath(resource, options.namespace ?? ""),
      query: {
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        limit: limit || undefined,
        continue: next,
      },
      signal: options.signal,
      ...(options.metadataOnly ? { accept: metadataType("PartialObjectMetadataList") } : {}),
    })) as ListPage;
    for (const item of page.items ?? []) items.push(asKind(item as T, resource));
    next = page.metadata?.continue ?? "";
    if (next === "") return { items, resourceVersion: page.metadata?.resourceVersion ?? "" };
  }
}

function watchQuery(options: Parameters<KubeClient["watch"]>[1]): Query {
  return {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" } : {}),
  };
}

/** Items of built-in lists carry no kind, and metadata-only objects one of their own: put the real one in place. */
function asKind<T extends KubeObject>(object: T, resource: ApiResource): T {
  object.apiVersion = formatApiVersion(resource);
  object.kind = resource.kind;
  return object;
}
