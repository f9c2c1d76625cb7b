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
  return of === "map" ? mapText(inReadingOrder(values), "", inReadingOrder) : listText(values, "", inReadingOrder);
}

/** A value by itself, its keys in their order, without line feeds at its end. */
export function readableValue(value: Json): string {
  return plainText(value).replace(/\n+$/, "");
}

/** A value by itself as an entry of a list: texts as they are. */
export function readableItem(value: Json): string {
  const isScalar = !Array.isArray(value) && !isObject(value);
  if (isScalar && value !== "" && value !== null) return typeof value === "string" ? value : scalarText(value, "");
  return isScalar ? `${plainText(value)}\n` : plainText(value);
}

function plainText(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return listText(value, "", asIs);
  return isObject(value) ? mapText(sortedEntries(value), "", asIs) : scalarText(value, "");
}

type Order = (entries: Entries) => Entries;

const asIs: Order = (entries) => entries;

function mapText(entries: Entries, indent: string, order: Order, isFirstIndented = true): string {
  return entries
    .map(([key, value], index) => {
      const start = index === 0 && !isFirstIndented ? "" : indent;
      return `${start}${key}:${valueText(value, indent, order)}`;
    })
    .join("");
}

function valueText(value: Json, indent: string, order: Order): string {
  if (Array.isArray(value)) return value.length === 0 ? " []\n" : `\n${listText(value, indent, order)}`;
  if (!isObject(value)) return ` ${scalarText(value, `${indent}  `)}\n`;
  const entries = order(sortedEntries(value));
  return entries.length === 0 ? " {}\n" : `\n${mapText(entries, `${indent}  `, order)}`;
}

function listText(items: readonly Json[], indent: string, order: Order): string {
  return items.map((item) => `${indent}- ${itemText(item, `${indent}  `, order)}`).join("");
}

function itemText(item: Json, indent: string, order: Order): string {
  if (Array.isArray(item)) return listText(item, indent, order).slice(indent.length);
  return isObject(item) ? mapText(order(sortedEntries(item)), indent, order, false) : `${scalarText(item, indent)}\n`;
}

function scalarText(value: Exclude<Json, Json[] | JsonObject>, indent: string): string {
  if (typeof value !== "string") return dump(value).trimEnd();
  const lines = value.split("\n");
  if (lines.length > 1) return `|\n${lines.map((line) => indent + line).join("\n")}`;
  return ["true", "false", "null"].includes(value) || /^-|[ *&:,]/.test(value) ? quoteGo(value) : value;
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
  return Math.max(0, leafDepth(value));
}

/** Steps to the deepest value; none where there is none. What names an item of a list is no value. */
function leafDepth(value: Json): number {
  if (Array.isArray(value)) {
    const name = itemName(value);
    const depths = name === undefined ? value.map(leafDepth) : value.map((item) => leafDepth(without(item, name)));
    return 1 + Math.max(...depths, Number.NEGATIVE_INFINITY);
  }
  if (!isObject(value)) return 0;
  return 1 + Math.max(...sortedEntries(value).map(([, child]) => leafDepth(child)), Number.NEGATIVE_INFINITY);
}

function itemName(items: readonly Json[]): string | undefined {
  return ["name", "key", "id"].find(
    (field) => items.length > 0 && items.every((item) => isObject(item) && item[field] !== undefined),
  );
}

function without(item: Json, field: string): Json {
  return isObject(item) ? Object.fromEntries(sortedEntries(item).filter(([key]) => key !== field)) : item;
}
