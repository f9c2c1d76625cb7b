/** Tables as `kubectl get` prints them. Source: pkg/printers/internalversion/printers.go; custom kinds: additionalPrinterColumns. */
import type { Json } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { PrinterColumn } from "../crd/custom-kind.ts";
import { readPath } from "../json-path.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { formatAge } from "./age.ts";
import { builtInColumns, type Column } from "./built-in-columns.ts";

export interface TableColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

export interface Table {
  columns: readonly TableColumn[];
  cells(object: KubeObject): Json[];
}

const nameDescription =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

const nameColumn: TableColumn = {
  name: "Name",
  type: "string",
  format: "name",
  description: nameDescription,
  priority: 0,
};

/** The table of a resource, with ages counted to `nowMs`. */
export function tableOf(info: ResourceInfo, nowMs: number): Table {
  if (info.custom) return customTable(info.custom.columns, nowMs);
  const columns = builtInColumns(info.group, info.kind);
  // Events show their name last, and only when asked.
  const named = columns.some((column) => column.format === "name");
  const shown = columns.map(({ name, type = "string", priority = 0, format = "" }) => ({
    name,
    type,
    format,
    description: "",
    priority,
  }));
  return {
    columns: named ? shown : [nameColumn, ...shown],
    cells: (object) => [
      ...(named ? [] : [object.metadata.name]),
      ...columns.map((column) => column.cell(object, nowMs)),
    ],
  };
}

function customTable(columns: readonly PrinterColumn[], nowMs: number): Table {
  const shown: readonly PrinterColumn[] =
    columns.length > 0
      ? columns
      : [{ name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "" }];
  return {
    columns: [
      nameColumn,
      ...shown.map(({ name, type, format, description, priority }) => ({
        name,
        type,
        format: format ?? "",
        description: description ?? "",
        priority: priority ?? 0,
      })),
    ],
    cells: (object) => [object.metadata.name, ...shown.map((column) => customCell(object, column, nowMs))],
  };
}

function customCell(object: KubeObject, column: PrinterColumn, nowMs: number): Json {
  const found = readPath(object, column.jsonPath);
  const [value] = found;
  if (value === undefined || value === null) return null;
  switch (column.type) {
    case "integer":
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return typeof value === "string" ? formatAge(value, nowMs) : "<invalid>";
    default:
      return found.length > 1
        ? found.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(",")
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
  }
}

export type { Column };
