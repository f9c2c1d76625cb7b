import { isObject, memberOf, setMember } from "@eddy/core/json";
import { cloneJson } from "@eddy/core/object";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { formatAsBool, formatValue } from "./format-value.ts";
import type { Value, Values } from "./values.ts";

/** What of a chart counts for its values; a loaded chart has it. */
export interface ValuesChart {
  readonly metadata: { readonly name: string };
  readonly values: Values;
  readonly dependencies: readonly ValuesChart[];
}

/** Options of {@link coalesceValues} and {@link mergeValues}. */
export interface CoalesceOptions {
  /** `helm4` unless given: there, nulls of a chart's own values do not get through. */
  readonly dialect?: HelmDialect;
  readonly onWarning?: (message: string) => void;
}

/**
 * The values that a chart's templates see: the user's over the parent's over the sub-chart's, tables merged, everything else
 * replaced; a null of the user's removes a default; globals go down. Tables may be shared between a parent's and a child's globals, as
 * upstream's are: what a template sets in one, it sets in the other.
 * Source: Helm `CoalesceValues`.
 * @throws HelmError (terminal) where a sub-chart's values are no table
 */
export function coalesceValues(chart: ValuesChart, values: Values, options: CoalesceOptions = {}): Values {
  return new Coalescer(options).chart(chart, cloneJson(values), "", false);
}

/** As {@link coalesceValues}, but nulls stay, for a later pass. Source: Helm `MergeValues`. */
export function mergeValues(chart: ValuesChart, values: Values, options: CoalesceOptions = {}): Values {
  return new Coalescer(options).chart(chart, cloneJson(values), "", true);
}

/**
 * Lays a table over another one in place: `over` wins, and a null in it removes the key of `under`. Source: Helm `CoalesceTables`.
 */
export function coalesceTables(over: Values, under: Values, onWarning?: (message: string) => void): Values {
  return new Coalescer(onWarning === undefined ? {} : { onWarning }).tables(over, under, "", false);
}

/** As {@link coalesceTables}, but nulls stay. Source: Helm `MergeTables`. */
export function mergeTables(over: Values, under: Values, onWarning?: (message: string) => void): Values {
  return new Coalescer(onWarning === undefined ? {} : { onWarning }).tables(over, under, "", true);
}

function prefixed(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}

class Coalescer {
  private readonly cleanChartNulls: boolean;
  private readonly warn: (message: string) => void;

  constructor(options: CoalesceOptions) {
    this.cleanChartNulls = dialectRules[options.dialect ?? "helm4"].cleanChartNulls;
    this.warn = options.onWarning ?? (() => undefined);
  }

  chart(chart: ValuesChart, values: Values, prefix: string, merge: boolean): Values {
    this.defaults(chart, values, prefix, merge);
    for (const sub of chart.dependencies) this.dependency(chart, sub, values, prefix, merge);
    return values;
  }

  private dependency(chart: ValuesChart, sub: ValuesChart, values: Values, prefix: string, merge: boolean): void {
    const { name } = sub.metadata;
    const given = memberOf(values, name);
    if (given === undefined) setMember(values, name, {});
    else if (!isObject(given)) throw new HelmError(`type mismatch on ${name}: ${formatAsBool(given)}`);
    const its = values[name] as Values;
    const inner = prefixed(prefix, chart.metadata.name);
    this.globals(its, values, inner);
    this.chart(sub, its, inner, merge);
  }

  /** Globals go down; the parent's win. */
  private globals(child: Values, parent: Values, prefix: string): void {
    const under = memberOf(child, "global") === undefined && !Object.hasOwn(child, "global") ? {} : child["global"];
    const over = Object.hasOwn(parent, "global") ? parent["global"] : {};
    if (!isObject(under)) return this.warn("warning: skipping globals because destination global is not a table.");
    if (!isObject(over)) return this.warn("warning: skipping globals because source global is not a table.");
    for (const key of Object.keys(over)) this.global(under, key, over[key] as Value, prefix);
    child["global"] = under;
  }

  private global(under: Values, key: string, value: Value, prefix: string): void {
    const below = memberOf(under, key);
    if (!isObject(value)) {
      if (isObject(below)) this.warn(`key ${key} is table. Skipping`);
      else setMember(under, key, value);
      return;
    }
    // Shallow, as upstream copies it: tables inside stay the parent's own.
    const copy: Values = { ...value };
    if (below === undefined) setMember(under, key, copy);
    else if (!isObject(below))
      this.warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
    else {
      // Nulls stay: what comes after removes them.
      this.tables(copy, below, prefixed(prefix, key), true);
      setMember(under, key, copy);
    }
  }

  /** The chart's own values below those given. */
  private defaults(chart: ValuesChart, values: Values, prefix: string, merge: boolean): void {
    const inner = prefixed(prefix, chart.metadata.name);
    const own = cloneJson(chart.values);
    for (const key of Object.keys(own)) {
      if (Object.hasOwn(values, key)) this.over(chart, values, key, own[key] as Value, inner, merge);
      else this.copyDefault(values, key, own[key] as Value, merge);
    }
  }

  private over(chart: ValuesChart, values: Values, key: string, own: Value, prefix: string, merge: boolean): void {
    const given = values[key] as Value;
    if (given === null && !merge) delete values[key];
    else if (isObject(given)) {
      if (!isObject(own)) {
        if (own !== null) this.warn(`warning: skipped value for ${prefix}.${key}: Not a table.`);
        return;
      }
      // What belongs to a sub-chart keeps its nulls until its own turn.
      const keepNulls = merge || chart.dependencies.some(({ metadata }) => metadata.name === key);
      if (!keepNulls && this.cleanChartNulls) cleanNulls(own);
      this.tables(given, own, prefixed(prefix, key), keepNulls);
    }
  }

  private copyDefault(values: Values, key: string, own: Value, merge: boolean): void {
    if (!merge && this.cleanChartNulls) {
      if (own === null) return;
      if (isObject(own)) cleanNulls(own);
    }
    setMember(values, key, own);
  }

  /** `over` wins; both may change. */
  tables(over: Values, under: Values, prefix: string, merge: boolean): Values {
    const wasSet = new Set(Object.keys(under).filter((key) => under[key] !== null));
    for (const key of Object.keys(over)) {
      if (over[key] === null) setMember(under, key, null);
    }
    for (const key of Object.keys(under)) {
      const value = under[key] as Value;
      const given = memberOf(over, key);
      if (given === undefined) setMember(over, key, value);
      else if (!merge && given === null && wasSet.has(key)) delete over[key];
      else if (isObject(value)) {
        if (isObject(given)) this.tables(given, value, prefixed(prefix, key), merge);
        else this.warnTable(`warning: cannot overwrite table with non table for`, prefix, key, value);
      } else if (isObject(given) && value !== null) {
        this.warn(
          `warning: destination for ${prefixed(prefix, key)} is a table. Ignoring non-table value (${formatValue(value)})`,
        );
      }
    }
    return over;
  }

  private warnTable(message: string, prefix: string, key: string, value: Value): void {
    this.warn(`${message} ${prefixed(prefix, key)} (${formatValue(value)})`);
  }
}

function cleanNulls(table: Values): void {
  for (const key of Object.keys(table)) {
    const value = table[key];
    if (value === null) delete table[key];
    else if (isObject(value)) cleanNulls(value);
  }
}
