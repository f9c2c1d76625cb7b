import { decodeGoString, type FunctionTable, TemplateSet } from "@eddy/gotemplate";
import type { Chart } from "../chart/chart.ts";
import type { HelmDialect } from "../dialect.ts";
import { parseFailure } from "./render-error.ts";
import { type ChartTemplate, executionOrder } from "./templates-of.ts";

/** Parsed templates, and the order in which they run. */
export interface ParsedTemplates {
  readonly set: TemplateSet;
  readonly order: readonly string[];
}

/** By chart, then by dialect and by which of its templates take part: values change them, but seldom. */
const known = new WeakMap<Chart, Map<string, ParsedTemplates>>();
const maxVariants = 8;

/**
 * The templates of a chart, parsed once for as long as the chart is kept.
 * @throws HelmError (terminal) `parse error at (<template>:<line>): …`
 */
export function parsedTemplates(
  chart: Chart,
  templates: ReadonlyMap<string, ChartTemplate>,
  functions: FunctionTable,
  dialect: HelmDialect,
): ParsedTemplates {
  const key = `${dialect}\n${[...templates.keys()].join("\n")}`;
  let variants = known.get(chart);
  if (variants === undefined) known.set(chart, (variants = new Map()));
  const found = variants.get(key);
  if (found !== undefined) return found;
  const parsed = parseAll(templates, functions);
  if (variants.size >= maxVariants) variants.clear();
  variants.set(key, parsed);
  return parsed;
}

function parseAll(templates: ReadonlyMap<string, ChartTemplate>, functions: FunctionTable): ParsedTemplates {
  const set = new TemplateSet(functions, { name: "gotpl" });
  const order = executionOrder(templates.keys());
  for (const path of order) {
    try {
      set.parse(path, decodeGoString((templates.get(path) as ChartTemplate).data));
    } catch (error) {
      throw parseFailure(path, error);
    }
  }
  return { set, order };
}
