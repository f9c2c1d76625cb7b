import { parseConstraint, parseVersion } from "@eddy/core/semver";
import type { Chart } from "../chart/chart.ts";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { coalesceValues, type CoalesceOptions } from "../values/coalesce.ts";
import { tableAt, valueAtPath } from "../values/path-value.ts";
import type { Values } from "../values/values.ts";
import { importValues } from "./import-values.ts";
import {
  copyMetadata,
  type ResolvedChart,
  type ResolvedDependency,
  resolvedCopy,
  setDependencies,
} from "./resolved-chart.ts";

/** Options of {@link resolveDependencies}. */
export interface ResolveDependenciesOptions {
  readonly dialect?: HelmDialect;
  readonly onWarning?: (message: string) => void;
}

/**
 * A copy of the chart with only those dependencies that the values enable, under their aliases, and with imported values.
 * Source: Helm `ProcessDependencies`.
 * @throws HelmError (terminal) where a sub-chart's values are no table
 */
export function resolveDependencies(
  chart: Chart,
  values: Values,
  options: ResolveDependenciesOptions = {},
): ResolvedChart {
  const { copyAliasedDependencies } = dialectRules[options.dialect ?? "helm4"];
  const copy = resolvedCopy(chart);
  new Enabling(options, copyAliasedDependencies).resolve(copy, values, "");
  importValues(copy, options);
  return copy;
}

class Enabling {
  private readonly coalescing: CoalesceOptions;
  private readonly copyAliased: boolean;
  private readonly warn: (message: string) => void;

  constructor(coalescing: CoalesceOptions, copyAliased: boolean) {
    this.coalescing = coalescing;
    this.copyAliased = copyAliased;
    this.warn = coalescing.onWarning ?? (() => undefined);
  }

  /** `path` is where the chart's values lie in those of the top chart, with a dot at its end. */
  resolve(chart: ResolvedChart, values: Values, path: string): void {
    const wanted = chart.metadata.dependencies;
    if (wanted.length === 0) return;
    setDependencies(chart, this.named(chart, wanted));
    for (const dependency of wanted) dependency.enabled = true;
    const coalesced = coalesceValues(chart, values, this.coalescing);
    this.applyTags(wanted, coalesced);
    this.applyConditions(wanted, coalesced, path);
    const disabled = new Set(wanted.filter(({ enabled }) => !enabled).map(({ name }) => name));
    const subcharts = chart.dependencies.filter(({ metadata }) => !disabled.has(metadata.name));
    for (const sub of subcharts) this.resolve(sub, coalesced, `${path}${sub.metadata.name}.`);
    chart.metadata.dependencies = wanted.filter(({ name }) => !disabled.has(name));
    setDependencies(chart, subcharts);
  }

  /** What Chart.yaml does not name, then what it names, in its order and under its aliases. */
  private named(chart: ResolvedChart, wanted: readonly ResolvedDependency[]): ResolvedChart[] {
    const unlisted = chart.dependencies.filter((sub) => !wanted.some((dependency) => isMeant(sub, dependency)));
    const listed = wanted.flatMap((dependency) => {
      const found = chart.dependencies.find((sub) => isMeant(sub, dependency));
      const named = found === undefined ? [] : [this.aliased(found, dependency.alias)];
      if (dependency.alias !== "") dependency.name = dependency.alias;
      return named;
    });
    return [...unlisted, ...listed];
  }

  /** Neither copies all the way down: what lies deeper keeps the parents, and so the paths, that it was loaded with. */
  private aliased(sub: ResolvedChart, alias: string): ResolvedChart {
    const metadata = this.copyAliased ? copyMetadata(sub.metadata) : { ...sub.metadata };
    const copy: ResolvedChart = { ...sub, metadata };
    const inner = sub.dependencies.map((dependency) => ({ ...dependency }));
    if (this.copyAliased) setDependencies(copy, inner);
    if (alias !== "") copy.metadata.name = alias;
    return copy;
  }

  private applyTags(wanted: readonly ResolvedDependency[], values: Values): void {
    const tags = tableAt(values, "tags");
    if (tags === undefined) return;
    for (const dependency of wanted) {
      const states = dependency.tags.flatMap((name) => {
        const state = tags[name];
        if (state === undefined || typeof state === "boolean") return state ?? [];
        this.warn(`Warning: Tag '${name}' for chart ${dependency.name} returned non-bool value`);
        return [];
      });
      dependency.enabled = states.length === 0 || states.includes(true);
    }
  }

  private applyConditions(wanted: readonly ResolvedDependency[], values: Values, path: string): void {
    for (const dependency of wanted) {
      for (const condition of dependency.condition.trim().split(",")) {
        if (condition === "") continue;
        const value = valueAtPath(values, path + condition);
        if (typeof value === "boolean") {
          dependency.enabled = value;
          break;
        }
        if (value !== undefined)
          this.warn(`Warning: Condition path '${condition}' for chart ${dependency.name} returned non-bool value`);
      }
    }
  }
}

function isMeant({ metadata }: ResolvedChart, { name, version }: ResolvedDependency): boolean {
  return metadata.name === name && isCompatibleRange(version, metadata.version);
}

/** Whether a version is in a range; false where one of them is none. Source: Helm `IsCompatibleRange`. */
export function isCompatibleRange(range: string, version: string): boolean {
  try {
    return parseConstraint(range).check(parseVersion(version));
  } catch {
    return false;
  }
}
