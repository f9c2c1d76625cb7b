/** How objects are written for one request: whole, as a table, or metadata only. Source: apiserver endpoints/handlers/response.go. */
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { Accepted } from "../http/negotiate.ts";
import { groupVersionOf, type ResourceInfo } from "../resources/resource-info.ts";
import type { Change } from "../storage/store.ts";
import { tableOf, type TableColumn } from "../table/table.ts";
import { inRequestedVersion, type Listing } from "./list.ts";

export interface Presenter {
  object(object: KubeObject): string;
  list(listing: Listing): string;
  /** One line of a watch. `shared` is the change it stands for, told to several watchers. */
  event(type: string, object: KubeObject, shared: Change | undefined): string;
  bookmark(object: KubeObject): string;
}

const jsonOf = new WeakMap<KubeObject, string>();

/** JSON of a stored object, made once. */
export function objectJson(object: KubeObject): string {
  let json = jsonOf.get(object);
  if (json === undefined) jsonOf.set(object, (json = JSON.stringify(object)));
  return json;
}

/** Items of lists of built-in kinds carry no kind and apiVersion; custom ones do. */
function itemJson(object: KubeObject, info: ResourceInfo): string {
  const json = objectJson(inRequestedVersion(object, info));
  if (info.custom) return json;
  const prefix = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},`;
  return json.startsWith(prefix) ? `{${json.slice(prefix.length)}` : json;
}

const line = (type: string, json: string): string => `{"type":"${type}","object":${json}}\n`;

function wholePresenter(info: ResourceInfo): Presenter {
  const lines = new WeakMap<Change, string>();
  const json = (object: KubeObject): string => objectJson(inRequestedVersion(object, info));
  return {
    object: json,
    list(listing) {
      const head = `{"kind":${JSON.stringify(info.listKind)},"apiVersion":${JSON.stringify(groupVersionOf(info))},"metadata":${JSON.stringify(listing.metadata)},"items":[`;
      return `${head}${listing.items.map((item) => itemJson(item, info)).join(",")}]}`;
    },
    event(type, object, shared) {
      if (!shared || type === "DELETED") return line(type, json(object));
      let text = lines.get(shared);
      if (text === undefined) lines.set(shared, (text = `"object":${json(object)}}\n`));
      return `{"type":"${type}",${text}`;
    },
    bookmark: (object) => line("BOOKMARK", JSON.stringify(object)),
  };
}

const wholePresenters = new WeakMap<ResourceInfo, Presenter>();

const partialJsonOf = new WeakMap<KubeObject, string>();

function partialJson(object: KubeObject): string {
  let json = partialJsonOf.get(object);
  if (json === undefined) {
    json = JSON.stringify({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata });
    partialJsonOf.set(object, json);
  }
  return json;
}

const partialPresenter: Presenter = {
  object: partialJson,
  list: (listing) =>
    `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(listing.metadata)},"items":[${listing.items.map(partialJson).join(",")}]}`,
  event: (type, object) => line(type, partialJson(object)),
  bookmark: (object) => line("BOOKMARK", partialJson(object)),
};

function tablePresenter(info: ResourceInfo, query: URLSearchParams, nowMs: () => number): Presenter {
  const include = query.get("includeObject") ?? "Metadata";
  let columnsSent = false;
  const rows = (objects: readonly KubeObject[]): { columns: readonly TableColumn[]; rows: JsonObject[] } => {
    const table = tableOf(info, nowMs());
    return {
      columns: table.columns,
      rows: objects.map((object) => {
        const shown =
          include === "Object"
            ? object
            : { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
        return { cells: table.cells(object), ...(include === "None" ? {} : { object: shown }) } as JsonObject;
      }),
    };
  };
  const write = (metadata: object, objects: readonly KubeObject[], columnsToo: boolean): string => {
    const { columns, rows: made } = rows(objects);
    return JSON.stringify({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      columnDefinitions: columnsToo ? columns : null,
      rows: made,
    });
  };
  const one = (object: KubeObject, columnsToo: boolean): string =>
    write({ resourceVersion: object.metadata.resourceVersion ?? "" }, [object], columnsToo);
  return {
    object: (object) => one(object, true),
    list: (listing) => write(listing.metadata, listing.items, true),
    event(type, object) {
      const first = !columnsSent;
      columnsSent = true;
      return line(type, one(object, first));
    },
    bookmark(object) {
      const { columns } = rows([]);
      const shown = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
      const table = {
        kind: "Table",
        apiVersion: "meta.k8s.io/v1",
        metadata: { resourceVersion: object.metadata.resourceVersion },
        columnDefinitions: columns,
        rows: [{ cells: columns.map(() => null), object: shown }],
      };
      return line("BOOKMARK", JSON.stringify(table));
    },
  };
}

/** The presenter that the client's Accept header asks for. */
export function presenterFor(
  info: ResourceInfo,
  accepted: Accepted,
  query: URLSearchParams,
  nowMs: () => number,
): Presenter {
  if (accepted.as === "Table") return tablePresenter(info, query, nowMs);
  if (accepted.as !== "object") return partialPresenter;
  let presenter = wholePresenters.get(info);
  if (!presenter) wholePresenters.set(info, (presenter = wholePresenter(info)));
  return presenter;
}
