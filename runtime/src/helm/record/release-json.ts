import { compareText, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { formatGoJson, formatGoStruct } from "./go-json.ts";
import type { Release } from "./release.ts";

type Shape = readonly string[];

type ShapeName =
  | "release"
  | "info"
  | "chart"
  | "metadata"
  | "maintainers"
  | "dependencies"
  | "lock"
  | "templates"
  | "files"
  | "hooks"
  | "last_run";

/** The fields of Helm's structs, in their order. */
export const releaseShapes: Readonly<Record<ShapeName, Shape>> = {
  release: ["name", "info", "chart", "config", "manifest", "hooks", "version", "namespace", "apply_method"],
  info: [
    "first_deployed",
    "last_deployed",
    "deleted",
    "description",
    "status",
    "rollback_revision",
    "notes",
    "resources",
  ],
  chart: ["metadata", "lock", "templates", "values", "schema", "schemamodtime", "files", "modtime"],
  metadata: [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
  ],
  maintainers: ["name", "email", "url"],
  dependencies: ["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"],
  lock: ["generated", "digest", "dependencies"],
  templates: ["name", "data", "modtime"],
  files: ["name", "data", "modtime"],
  hooks: ["name", "kind", "path", "manifest", "events", "last_run", "weight", "delete_policies", "output_log_policies"],
  last_run: ["started_at", "completed_at", "phase"],
};

/** Which members of a struct are structs themselves, or lists of them; all others are plain data. */
const members: Readonly<Partial<Record<ShapeName, readonly ShapeName[]>>> = {
  release: ["info", "chart", "hooks"],
  chart: ["metadata", "lock", "templates", "files"],
  metadata: ["maintainers", "dependencies"],
  lock: ["dependencies"],
  hooks: ["last_run"],
};

/**
 * The record as Go writes it: fields in the order of Helm's structs, what they do not know behind them, maps by their keys. Without
 * `labels`, which are not in it.
 */
export function formatReleaseJson(release: Partial<Release>): string {
  const { labels: _labels, ...record } = release;
  return formatShape(record as JsonObject, "release");
}

function formatShape(value: JsonObject, name: ShapeName): string {
  const shape: Shape = releaseShapes[name];
  const others = Object.keys(value).filter((key) => !shape.includes(key));
  const fields = [...shape, ...others.sort(compareText)].flatMap((key): [string, string][] => {
    const member = value[key];
    return member === undefined ? [] : [[key, formatMember(member, key, name)]];
  });
  return formatGoStruct(fields);
}

function formatMember(value: Json, key: string, parent: ShapeName): string {
  const inner = members[parent]?.find((shape) => shape === key);
  if (inner === undefined) return formatGoJson(value);
  if (!Array.isArray(value)) return isObject(value) ? formatShape(value, inner) : formatGoJson(value);
  return `[${value.map((item) => (isObject(item) ? formatShape(item, inner) : formatGoJson(item))).join(",")}]`;
}
