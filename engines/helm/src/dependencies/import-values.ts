import { isObject } from "@eddy/core/json";
import { cloneJson } from "@eddy/core/object";
import { type CoalesceOptions, mergeTables, mergeValues } from "../values/coalesce.ts";
import { formatValue } from "../values/format-value.ts";
import { tableAt } from "../values/path-value.ts";
import type { Value, Values } from "../values/values.ts";
import type { ResolvedChart, ResolvedDependency } from "./resolved-chart.ts";

/**
 * Copies what `import-values` names from the values of dependencies to those of the chart, below what the chart says itself.
 * Source: Helm `processImportValues`.
 */
export function importValues(chart: ResolvedChart, options: CoalesceOptions): void {
  for (const sub of chart.dependencies) importValues(sub, options);
  if (chart.metadata.dependencies.length === 0) return;
  const values = mergeValues(chart, {}, options);
  const imported: Values = {};
  for (const dependency of chart.metadata.dependencies) importFrom(dependency, values, imported, options);
  chart.values = mergeTables(cloneJson(values), imported, options.onWarning);
}

/** What was imported already. Where Helm 3 shares dependencies between aliases, it does not know its own entries again. */
const done = new WeakSet<object>();

function importFrom(dependency: ResolvedDependency, values: Values, into: Values, options: CoalesceOptions): void {
  const told: { child: string; parent: string }[] = [];
  for (const entry of dependency.importValues) {
    const pair = pairOf(entry);
    if (pair === undefined) continue;
    told.push(pair);
    done.add(pair);
    const table = tableAt(values, `${dependency.name}.${pair.child}`);
    if (table === undefined) {
      options.onWarning?.(
        `Warning: ImportValues missing table from chart ${dependency.name}: ${JSON.stringify(pair.child)} is not a table`,
      );
      continue;
    }
    mergeTables(into, placeAt(pair.parent, table), options.onWarning);
  }
  dependency.importValues = told;
}

function pairOf(entry: unknown): { child: string; parent: string } | undefined {
  if (typeof entry === "string") return { child: `exports.${entry}`, parent: "." };
  if (!isObject(entry) || done.has(entry)) return undefined;
  const text = (value: Value | undefined): string =>
    value === undefined || value === null ? "<nil>" : typeof value === "string" ? value : formatValue(value);
  return { child: text(entry["child"]), parent: text(entry["parent"]) };
}

function placeAt(path: string, table: Values): Values {
  if (path === ".") return table;
  return path.split(".").reduceRight<Values>((inner, step) => ({ [step]: inner }), table);
}
