import { isObject, type Json } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import type { ChartFile } from "../chart/chart.ts";
import { HelmError } from "../error.ts";
import type { Value, Values } from "../values/values.ts";
import { Evaluator } from "./evaluate.ts";
import { formatProblems } from "./problem.ts";
import { type RemoteSchema, SchemaSet } from "./schema-set.ts";

/** What of a chart is needed to judge its values. */
export interface SchemaChart {
  readonly metadata: { readonly name: string };
  readonly schema?: ChartFile["data"];
  readonly dependencies: readonly SchemaChart[];
}

/** Options of {@link validateValues}. */
export interface ValidateValuesOptions {
  /** The text of a schema at an address. Without it every reference to one is refused. */
  readonly remoteSchema?: RemoteSchema | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

const schemaUrl = "file:///values.schema.json";

/**
 * Checks values against values.schema.json of the chart and of its enabled dependencies.
 * @throws HelmError (terminal) in Helm's words, with every problem on a line of its own
 */
export function validateValues(chart: SchemaChart, values: Values, options: ValidateValuesOptions = {}): void {
  const problems = problemsOf(chart, values, options);
  if (problems === "") return;
  throw new HelmError(`values don't meet the specifications of the schema(s) in the following chart(s):\n${problems}`, {
    code: "HELM_VALUES",
  });
}

function problemsOf(chart: SchemaChart, values: Values, options: ValidateValuesOptions): string {
  const { name } = chart.metadata;
  const own = chart.schema === undefined ? undefined : problemsOfOne(chart.schema, values, options);
  let text = own === undefined ? "" : `${name}:\n${own}`;
  for (const sub of chart.dependencies) {
    const its: Value | undefined = values[sub.metadata.name];
    if (its === undefined || its === null) continue;
    if (isObject(its)) text += problemsOf(sub, its, options);
    else text += `${sub.metadata.name}:\ninvalid type for values: expected object (map), got ${goTypeName(its)}\n`;
  }
  return text;
}

function goTypeName(value: Value): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int64";
  return typeof value === "number" ? "float64" : "string";
}

/**
 * What is wrong with values that one schema is for, in Helm's words; undefined where they are valid.
 */
export function validateOneSchema(
  schema: Uint8Array,
  values: Values,
  options: ValidateValuesOptions = {},
): string | undefined {
  return problemsOfOne(schema, values, options);
}

/** Undefined where the values are valid. What is wrong with the schema itself has no line feed at its end. */
function problemsOfOne(schema: Uint8Array, values: Values, options: ValidateValuesOptions): string | undefined {
  try {
    const set = new SchemaSet(options.remoteSchema, options.onWarning);
    const root = set.add(schemaUrl, parseSchema(schema));
    const problems = new Evaluator(set).problemsOf(root, values);
    return problems.length === 0 ? undefined : `${formatProblems(problems).slice(1)}\n`;
  } catch (cause) {
    if (cause instanceof RangeError) return "unable to validate schema: it is nested too deeply";
    return messageOf(cause);
  }
}

function parseSchema(bytes: Uint8Array): Json {
  const text = Buffer.from(bytes).toString("utf8");
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new HelmError(`invalid character in values.schema.json: ${messageOf(cause)}`, { cause });
  }
}
