import { tag } from "@eddy/gotemplate";
import type { Chart } from "../chart/chart.ts";
import { type ResolvedChart } from "../dependencies/resolved-chart.ts";
import type { HelmDialect } from "../dialect.ts";
import type { Values } from "../values/values.ts";
import { capabilitiesObject } from "./capabilities-object.ts";
import { functionsOf, withPorts } from "./function-table.ts";
import type { Capabilities, RenderBudget, RenderOptions } from "./options.ts";
import { executeFailure } from "./render-error.ts";
import { releaseObject } from "./release-object.ts";
import type { TemplateHost } from "./template-host.ts";
import { parsedTemplates } from "./template-set-cache.ts";
import { type ChartTemplate, templatesOf } from "./templates-of.ts";
import { toTemplateValues, valuesType } from "./values-object.ts";

/** What {@link renderFiles} renders. */
export interface RenderInput {
  /** As it was loaded: parsed templates are kept with it. */
  readonly chart: Chart;
  readonly resolved: ResolvedChart;
  /** After coalescing; templates may change them. */
  readonly values: Values;
  readonly capabilities: Capabilities;
  readonly dialect: HelmDialect;
}

/** Steps of one template, which take about a second; no chart of the corpus takes a tenth of them. Ten seconds for all together. */
export const defaultRenderBudget: RenderBudget = {
  maxSteps: 2_000_000,
  maxOutputBytes: 256 * 1024 ** 2,
  deadlineMs: 10_000,
};

/**
 * Every template but partials, by path, in the order in which they ran. Source: Helm `Engine.render`.
 * @throws HelmError (terminal) in Helm's words, with template and line
 */
export function renderFiles(input: RenderInput, options: RenderOptions & { lint?: boolean }): Map<string, string> {
  const { chart, resolved, dialect } = input;
  const top = {
    Values: tag(toTemplateValues(input.values), valuesType(dialect)),
    Release: releaseObject(options.release),
    Capabilities: capabilitiesObject(input.capabilities, dialect),
  };
  const templates = templatesOf(resolved, top, dialect);
  const { set, order } = parsedTemplates(chart, templates, functionsOf(dialect), dialect);
  const host: TemplateHost = { included: new Map(), lookup: options.lookup, lint: options.lint ?? false };
  const budget = new SharedBudget({ ...defaultRenderBudget, ...options.budget });
  return withPorts(options, () => {
    const files = new Map<string, string>();
    for (const path of order) {
      if (path.slice(path.lastIndexOf("/") + 1).startsWith("_")) continue;
      const { dot, basePath } = templates.get(path) as ChartTemplate;
      options.onTemplate?.(path);
      dot["Template"] = tag({ Name: path, BasePath: basePath }, valuesType(dialect));
      try {
        const text = set.execute(path, dot, { missingKey: "zero", host, ...budget.left() });
        files.set(path, budget.take(text).replaceAll("<no value>", ""));
      } catch (error) {
        throw executeFailure(path, error, dialect);
      }
    }
    return files;
  });
}

/** Templates in templates: Helm stops a name that includes itself a thousand times. */
const maxDepth = 2_500;

/** What is left for the templates that come. */
class SharedBudget {
  private readonly budget: RenderBudget;
  private readonly startMs = performance.now();
  private bytes: number;

  constructor(budget: RenderBudget) {
    this.budget = budget;
    this.bytes = budget.maxOutputBytes;
  }

  left(): { maxSteps: number; maxBytes: number; timeoutMs: number; maxDepth: number } {
    const passed = performance.now() - this.startMs;
    return {
      maxSteps: this.budget.maxSteps,
      maxDepth,
      maxBytes: this.bytes,
      timeoutMs: Math.max(0, this.budget.deadlineMs - passed),
    };
  }

  take(text: string): string {
    this.bytes = Math.max(0, this.bytes - text.length);
    return text;
  }
}
