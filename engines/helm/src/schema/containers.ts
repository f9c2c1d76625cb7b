import { deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import type { Evaluator, Visit } from "./evaluate.ts";
import { matchesPattern } from "./patterns.ts";
import { formatCount, type Problem, quoteText } from "./problem.ts";

function tell(visit: Visit, text: string, causes: readonly Problem[] = []): void {
  visit.problems.push({ at: visit.at, text, causes });
}

function add(visit: Visit, problem: Problem | undefined): void {
  if (problem !== undefined) visit.problems.push(problem);
}

/** `minItems` and its kin. */
function checkCount(visit: Visit, keyword: string, got: number, isWrong: (want: number) => boolean): void {
  const want = visit.schema[keyword];
  if (typeof want === "number" && isWrong(want))
    tell(visit, `${keyword}: got ${formatCount(got)}, want ${formatCount(want)}`);
}

function names(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function quoted(all: readonly string[]): string {
  return all.map(quoteText).join(", ");
}

/** Keywords about objects. */
export function evaluateObject(evaluator: Evaluator, visit: Visit, object: JsonObject): void {
  const { schema, located } = visit;
  const count = Object.keys(object).length;
  checkCount(visit, "minProperties", count, (want) => count < want);
  checkCount(visit, "maxProperties", count, (want) => count > want);
  const missing = names(schema["required"]).filter((name) => !Object.hasOwn(object, name));
  if (missing.length === 1) tell(visit, `missing property ${quoteText(missing[0] as string)}`);
  if (missing.length > 1) tell(visit, `missing properties ${quoted(missing)}`);
  dependencies(evaluator, visit, object, "dependencies");
  members(evaluator, visit, object);
  if (located.draft === 4) return;
  propertyNames(evaluator, visit, object);
  if (located.draft < 2019) return;
  dependencies(evaluator, visit, object, "dependentSchemas");
  dependencies(evaluator, visit, object, "dependentRequired");
}

function dependencies(evaluator: Evaluator, visit: Visit, object: JsonObject, keyword: string): void {
  const table = visit.schema[keyword];
  if (!isObject(table)) return;
  for (const name of Object.keys(table)) {
    if (!Object.hasOwn(object, name)) continue;
    const dependency = table[name] ?? null;
    if (!Array.isArray(dependency)) {
      add(visit, evaluator.self(visit, { ...visit.located, schema: dependency }));
      continue;
    }
    const missing = names(dependency).filter((wanted) => !Object.hasOwn(object, wanted));
    if (missing.length > 0) tell(visit, `properties ${quoted(missing)} required, if ${quoteText(name)} exists`);
  }
}

function members(evaluator: Evaluator, visit: Visit, object: JsonObject): void {
  const { schema } = visit;
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const patterns = isObject(schema["patternProperties"]) ? Object.entries(schema["patternProperties"]) : [];
  const additional = schema["additionalProperties"];
  const refused: string[] = [];
  for (const name of Object.keys(object)) {
    const value = object[name] ?? null;
    const applied = patterns.filter(([pattern]) => matchesPattern(pattern, name)).map(([, inner]) => inner ?? null);
    const own = memberOf(properties, name);
    const schemas = own === undefined ? applied : [own, ...applied];
    for (const inner of schemas) add(visit, evaluator.child(visit, inner, value, name));
    if (schemas.length === 0 && additional === false) refused.push(name);
    else if (schemas.length === 0 && additional !== undefined)
      add(visit, evaluator.child(visit, additional, value, name));
    if (schemas.length > 0 || additional !== undefined) visit.unevaluated.props?.delete(name);
  }
  if (refused.length > 0) tell(visit, `additional properties ${quoted(refused)} not allowed`);
}

function propertyNames(evaluator: Evaluator, visit: Visit, object: JsonObject): void {
  const inner = visit.schema["propertyNames"];
  if (inner === undefined) return;
  for (const name of Object.keys(object)) {
    const problem = evaluator.child({ ...visit, at: [] }, inner, name, "");
    if (problem === undefined) continue;
    const cause = { ...problem, at: [] };
    tell(visit, `invalid propertyName ${quoteText(name)}`, problem.isGroup === true ? problem.causes : [cause]);
  }
}

/** Keywords about lists. */
export function evaluateArray(evaluator: Evaluator, visit: Visit, array: readonly Json[]): void {
  const { schema, located } = visit;
  checkCount(visit, "minItems", array.length, (want) => array.length < want);
  checkCount(visit, "maxItems", array.length, (want) => array.length > want);
  if (schema["uniqueItems"] === true) uniqueItems(visit, array);
  if (located.draft < 2020) oldItems(evaluator, visit, array);
  else items(evaluator, visit, array);
  if (located.draft > 4 && schema["contains"] !== undefined) contains(evaluator, visit, array, schema["contains"]);
}

function uniqueItems(visit: Visit, array: readonly Json[]): void {
  const seen = new Map<unknown, number>();
  for (const [index, item] of array.entries()) {
    const scalar = typeof item !== "object" || item === null;
    const before = scalar
      ? seen.get(item)
      : array.slice(0, Math.min(index, 2_000)).findIndex((other) => deepEqual(other, item));
    if (before !== undefined && before >= 0) return tell(visit, `items at ${before} and ${index} are equal`);
    if (scalar) seen.set(item, index);
  }
}

function itemsFrom(
  evaluator: Evaluator,
  visit: Visit,
  array: readonly Json[],
  schemas: readonly Json[],
  rest: Json | undefined,
): number {
  for (const [index, item] of array.entries()) {
    const inner = index < schemas.length ? schemas[index] : rest;
    if (inner === undefined) return index;
    add(visit, evaluator.child(visit, inner, item, String(index)));
    visit.unevaluated.items?.delete(index);
  }
  return array.length;
}

function items(evaluator: Evaluator, visit: Visit, array: readonly Json[]): void {
  const prefix = visit.schema["prefixItems"];
  itemsFrom(evaluator, visit, array, Array.isArray(prefix) ? prefix : [], visit.schema["items"]);
}

function oldItems(evaluator: Evaluator, visit: Visit, array: readonly Json[]): void {
  const { items: wanted, additionalItems } = visit.schema;
  if (wanted === undefined) return;
  if (!Array.isArray(wanted)) {
    itemsFrom(evaluator, visit, array, [], wanted);
    return;
  }
  const isSchema = additionalItems !== undefined && typeof additionalItems !== "boolean";
  const evaluated = itemsFrom(evaluator, visit, array, wanted, isSchema ? additionalItems : undefined);
  if (additionalItems === false && evaluated < array.length)
    tell(visit, `last ${formatCount(array.length - evaluated)} additionalItem(s) not allowed`);
  if (additionalItems === true) visit.unevaluated.items?.clear();
}

function contains(evaluator: Evaluator, visit: Visit, array: readonly Json[], inner: Json): void {
  const problems = array.map((item, index) => evaluator.child(visit, inner, item, String(index)));
  const matched = [...problems.keys()].filter((index) => problems[index] === undefined);
  if (visit.located.draft >= 2020) for (const index of matched) visit.unevaluated.items?.delete(index);
  const causes = problems.filter((problem) => problem !== undefined);
  const { minContains, maxContains } = visit.located.draft >= 2019 ? visit.schema : {};
  const at = `but matched ${formatCount(matched.length)} items at ${matched.join(" ")}`;
  if (typeof minContains === "number") {
    const found = matched.length === 0 ? "but none matched" : at;
    if (matched.length < minContains)
      tell(visit, `min ${formatCount(minContains)} items required to match contains schema, ${found}`, causes);
  } else if (matched.length === 0) tell(visit, "no items match contains schema", causes);
  if (typeof maxContains === "number" && matched.length > maxContains)
    tell(visit, `max ${formatCount(maxContains)} items required to match contains schema, ${at}`);
}
