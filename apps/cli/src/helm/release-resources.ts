import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { gvkOf, refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { buildObjects, type Release } from "@eddy/runtime/helm";

/** What `helm status` shows of a release's objects. */
export interface ReleaseResources {
  text: string;
  objects: Json;
}

/** The objects of a release and the pods of its workloads, by version and kind; those that are gone are left out. */
export async function readResources(release: Release, kube: KubeClient): Promise<ReleaseResources> {
  const objects = await buildObjects(release.manifest ?? "", { kube, namespace: release.namespace });
  const groups = new Map<string, Found[]>();
  const add = (key: string, found: Found): void => void groups.set(key, [...(groups.get(key) ?? []), found]);
  const selectors = new Set<string>();
  for (const object of objects) {
    const { version, kind } = gvkOf(object);
    const found = await read(object, kube);
    if (!found) continue;
    add(`${version}/${kind}`, found);
    const selector = selectorOf(found.object);
    if (selector === undefined || selectors.has(selector)) continue;
    selectors.add(selector);
    add("v1/Pod(related)", await readPods(object.metadata.namespace ?? "", selector, kube));
  }
  const sections = [...groups].map(([key, list]) => `==> ${key}\n${formatTables(list)}\n`);
  return { text: sections.join(""), objects: objectsOf(groups) };
}

interface Found {
  object: KubeObject;
  table: JsonObject;
}

const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

async function read(object: KubeObject, kube: KubeClient): Promise<Found | undefined> {
  const { version } = gvkOf(object);
  const ref = refOf(object);
  try {
    const live = await kube.get({ ...ref, version });
    const { plural, group } = await kube.resourceFor({ ...gvkOf(object) });
    const scope = ref.namespace === "" ? "" : `/namespaces/${ref.namespace}`;
    const path = `${group === "" ? "/api" : `/apis/${group}`}/${version}${scope}/${plural}/${ref.name}`;
    return { object: live, table: await readTable(path, kube) };
  } catch (error) {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  }
}

/** The pods of a workload, as one list. */
async function readPods(namespace: string, selector: string, kube: KubeClient): Promise<Found> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const [{ body }, table] = await Promise.all([kube.raw("GET", path), readTable(path, kube)]);
  return { object: JSON.parse(body) as KubeObject, table };
}

async function readTable(path: string, kube: KubeClient): Promise<JsonObject> {
  const { body } = await kube.raw("GET", path, { headers: { accept: tableType } });
  const value: unknown = JSON.parse(body);
  return isObject(value) ? value : {};
}

function selectorOf(object: KubeObject): string | undefined {
  const labels =
    object.kind === "ReplicationController"
      ? valueAt(object, "spec", "selector")
      : ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"].includes(object.kind)
        ? valueAt(object, "spec", "selector", "matchLabels")
        : undefined;
  if (!isObject(labels)) return undefined;
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
}

/** Each object is a table of its own for kubectl's printer, which prints the header once: columns need not line up. */
function formatTables(list: readonly Found[]): string {
  return list
    .map(({ table }, index) => {
      const columns = (Array.isArray(table["columnDefinitions"]) ? table["columnDefinitions"] : []).filter(isObject);
      const shown = columns.flatMap(({ priority }, column) =>
        priority === 0 || priority === undefined ? [column] : [],
      );
      const header = shown.map((column) => String(columns[column]?.["name"] ?? "").toUpperCase());
      const rows = (Array.isArray(table["rows"]) ? table["rows"] : []).filter(isObject).map(({ cells }) => {
        const values = Array.isArray(cells) ? cells : [];
        return shown.map((column) => String(values[column] ?? "<none>"));
      });
      return alignColumns(index === 0 ? [header, ...rows] : rows);
    })
    .join("");
}

/** Go's tabwriter as kubectl sets it: three spaces between columns, none behind the last. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_all, column) =>
    Math.max(6, ...rows.map((row) => (row[column] ?? "").length + 3)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
      return `${cells.join("")}\n`;
    })
    .join("");
}

function objectsOf(groups: ReadonlyMap<string, readonly Found[]>): Json {
  return Object.fromEntries(
    [...groups].map(([key, list]) => [key, list.map(({ object }) => object as unknown as Json)]),
  );
}
