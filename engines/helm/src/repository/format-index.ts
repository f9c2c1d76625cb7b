import type { JsonObject } from "@eddy/core/json";
import { formatVersion, type Entries } from "./entries.ts";
import type { ParsedIndex } from "./parse-index.ts";
import { headFields } from "./version-fields.ts";

/**
 * The index as upstream stores it, in steps. Source: source-controller `ToJSON`, Go's `json.MarshalIndent`, where `entries`
 * stand after `generated`.
 */
export function* formatIndex(head: JsonObject, entries: Entries): Generator<void, ParsedIndex> {
  const versionCount = entries.count();
  const charts: Buffer[] = [];
  let chartCount = 0;
  for (const [name, versions] of entries.sorted()) {
    const list = versions.map(({ json }) => `      ${indent(json, 6)}`).join(",\n");
    const text = `${chartCount === 0 ? "" : ",\n"}    ${formatVersion(name)}: ${list === "" ? "[]" : `[\n${list}\n    ]`}`;
    charts.push(Buffer.from(text));
    chartCount++;
    yield;
  }
  const before: string[] = [];
  const after: string[] = [];
  for (const { name } of headFields) {
    const value = head[name];
    if (value === undefined) continue;
    const isBefore = name === "serverInfo" || name === "apiVersion" || name === "generated";
    (isBefore ? before : after).push(`  "${name}": ${indent(formatVersion(value), 2)}`);
  }
  const start = `{\n${before.map((line) => `${line},\n`).join("")}  "entries": {${chartCount === 0 ? "" : "\n"}`;
  const end = `${chartCount === 0 ? "" : "\n  "}}${after.map((line) => `,\n${line}`).join("")}\n}`;
  return { json: Buffer.concat([Buffer.from(start), ...charts, Buffer.from(end)]), chartCount, versionCount };
}

function indent(json: string, by: number): string {
  return json.replaceAll("\n", `\n${" ".repeat(by)}`);
}
