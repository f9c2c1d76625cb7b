import { isObject, type Json, type JsonObject } from "@eddy/core/json";

/** One version of a chart in the index. */
export interface ListedChart {
  readonly metadata: JsonObject;
  readonly digest: string;
  /** RFC 3339. */
  readonly created: string;
  readonly url: string;
}

/** An index as `helm repo index` lays it out: charts by name, versions in the given order. `generated` is RFC 3339. */
export function formatIndex(charts: ReadonlyMap<string, readonly ListedChart[]>, generated: string): string {
  const entries: JsonObject = {};
  for (const name of [...charts.keys()].sort()) {
    entries[name] = (charts.get(name) ?? []).map(({ metadata, digest, created, url }) => ({
      ...metadata,
      created,
      digest,
      urls: [url],
    }));
  }
  return formatBlock({ apiVersion: "v1", entries, generated }, "");
}

function formatBlock(value: JsonObject, indent: string): string {
  return Object.keys(value)
    .sort()
    .map((key) => `${indent}${JSON.stringify(key)}:${formatMember(value[key] ?? null, indent)}`)
    .join("");
}

function formatMember(value: Json, indent: string): string {
  if (isObject(value) && Object.keys(value).length > 0) return `\n${formatBlock(value, `${indent}  `)}`;
  if (Array.isArray(value) && value.length > 0) return `\n${value.map((item) => formatItem(item, indent)).join("")}`;
  return ` ${JSON.stringify(value)}\n`;
}

function formatItem(item: Json, indent: string): string {
  if (!isObject(item) || Object.keys(item).length === 0) return `${indent}- ${JSON.stringify(item)}\n`;
  return `${indent}- ${formatBlock(item, `${indent}  `).slice(indent.length + 2)}`;
}
