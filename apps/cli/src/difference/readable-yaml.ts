import { quoteGo } from "@eddy/core/go-text";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import type { EntrySet } from "./difference.ts";
import { sortedEntries } from "./compare-values.ts";

// Which keys come first where a map has some of them: the row that it has most of. Source: gonvenience/ytbx 1.4.7.
const knownOrders: readonly (readonly string[])[] = [
  ["name", "director_uuid", "releases", "instance_groups", "networks", "resource_pools", "compilation"],
  ["name", "url", "version", "sha1"],
  ["jobs", "resources", "resource_types"],
  ["name", "type", "source"],
  ["get"],
  ["put"],
  ["task"],
  ["releases", "instance_groups", "configuration", "variables"],
  ["auth", "templates"],
  ["key"],
  ["id"],
];

type Entries = readonly (readonly [key: string, value: Json])[];

/** Entries as YAML for a reader: what names them first, what is deep last. Ends with a line feed. */
export function readableEntries({ of, values }: EntrySet): string {
  return of === "map" ? mapText(inReadingOrder(values), "") : listText(values, "");
}

/** A value by itself. */
export function readableValue(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return listText(value, "").trimEnd();
  if (isObject(value)) return mapText(sortedEntries(value), "").trimEnd();
  return scalarText(value, "");
}

function mapText(entries: Entries, indent: string, isFirstIndented = true): string {
  return entries
    .map(([key, value], index) => {
      const start = index === 0 && !isFirstIndented ? "" : indent;
      return `${start}${key}:${valueText(value, indent)}`;
    })
    .join("");
}

function valueText(value: Json, indent: string): string {
  if (Array.isArray(value)) return value.length === 0 ? " []\n" : `\n${listText(value, indent)}`;
  if (!isObject(value)) return ` ${scalarText(value, `${indent}  `)}\n`;
  const entries = entriesOf(value);
  return entries.length === 0 ? " {}\n" : `\n${mapText(entries, `${indent}  `)}`;
}

function listText(items: readonly Json[], indent: string): string {
  return items.map((item) => `${indent}- ${itemText(item, `${indent}  `)}`).join("");
}

function itemText(item: Json, indent: string): string {
  if (Array.isArray(item)) return listText(item, indent).slice(indent.length);
  return isObject(item) ? mapText(entriesOf(item), indent, false) : `${scalarText(item, indent)}\n`;
}

function scalarText(value: Exclude<Json, Json[] | JsonObject>, indent: string): string {
  if (typeof value !== "string") return dump(value).trimEnd();
  const lines = value.split("\n");
  if (lines.length > 1) return `|\n${lines.map((line) => indent + line).join("\n")}`;
  return ["true", "false", "null"].includes(value) || /^-|[ *&:,]/.test(value) ? quoteGo(value) : value;
}

function entriesOf(map: JsonObject): Entries {
  return inReadingOrder(sortedEntries(map));
}

function inReadingOrder(entries: Entries): Entries {
  const keys = new Set(entries.map(([key]) => key));
  const shares = knownOrders.map((order) => order.filter((key) => keys.has(key)));
  const first = shares.reduce((best, share) => (share.length > best.length ? share : best), []);
  if (first.length === 0) return entries;
  const rest = entries.filter(([key]) => !first.includes(key));
  return [
    ...first.flatMap((key) => entries.filter(([other]) => other === key)),
    ...rest.sort(([, left], [, right]) => depthOf(left) - depthOf(right)),
  ];
}

function depthOf(value: Json): number {
  const children = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return children.reduce<number>((deepest, child) => Math.max(deepest, 1 + depthOf(child ?? null)), 0);
}
