import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { HelmError } from "../error.ts";
import { pointerOf, quoteText } from "./problem.ts";
import type { Draft } from "./schema-set.ts";

/** What a keyword's value must be, as the drafts' own schemas say. */
type Shape = (value: Json, draft: Draft) => string | undefined;

const types = ["null", "boolean", "integer", "number", "string", "array", "object"];

function typeName(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

function wanted(name: string, test: (value: Json) => boolean): Shape {
  return (value) => (test(value) ? undefined : `got ${typeName(value)}, want ${name}`);
}

const isNumber = (value: Json): value is number => typeof value === "number";
const text = wanted("string", (value) => typeof value === "string");
const flag = wanted("boolean", (value) => typeof value === "boolean");
const number = wanted("number", isNumber);
const list = wanted("array", Array.isArray);
const table = wanted("object", isObject);
const count: Shape = (value) => {
  if (!isNumber(value) || !Number.isInteger(value)) return `got ${typeName(value)}, want integer`;
  return value < 0 ? `minimum: got ${value}, want 0` : undefined;
};
const names: Shape = (value, draft) => {
  if (!Array.isArray(value)) return list(value, draft);
  if (draft === 4 && value.length === 0) return "minItems: got 0, want 1";
  const other = value.find((item) => typeof item !== "string");
  if (other !== undefined) return `got ${typeName(other)}, want string`;
  return new Set(value).size === value.length ? undefined : "items are equal";
};
const schema: Shape = (value, draft) =>
  isObject(value) || (draft > 4 && typeof value === "boolean")
    ? undefined
    : `got ${typeName(value)}, want ${draft > 4 ? "boolean or object" : "object"}`;
const schemaOrFlag: Shape = (value, draft) => (typeof value === "boolean" ? undefined : schema(value, draft));
const schemas: Shape = (value, draft) => {
  if (!Array.isArray(value)) return list(value, draft);
  if (value.length === 0) return "minItems: got 0, want 1";
  return value.map((item) => schema(item, draft)).find((problem) => problem !== undefined);
};
const schemaTable: Shape = (value, draft) =>
  isObject(value)
    ? Object.values(value)
        .map((item) => schema(item ?? null, draft))
        .find((problem) => problem !== undefined)
    : table(value, draft);
const type: Shape = (value) => {
  const all = Array.isArray(value) ? value : [value];
  if (all.length === 0) return "minItems: got 0, want 1";
  return all.every((item) => typeof item === "string" && types.includes(item)) ? undefined : "'anyOf' failed";
};
const limit: Shape = (value, draft) => (draft === 4 ? flag(value, draft) : number(value, draft));
const multiple: Shape = (value, draft) =>
  isNumber(value) && value <= 0 ? `exclusiveMinimum: got ${value}, want 0` : number(value, draft);

const keywords: Readonly<Record<string, Shape>> = {
  $ref: text,
  title: text,
  description: text,
  multipleOf: multiple,
  maximum: number,
  minimum: number,
  exclusiveMaximum: limit,
  exclusiveMinimum: limit,
  maxLength: count,
  minLength: count,
  pattern: text,
  additionalItems: schemaOrFlag,
  items: (value, draft) => (Array.isArray(value) && draft < 2020 ? schemas(value, draft) : schema(value, draft)),
  maxItems: count,
  minItems: count,
  uniqueItems: flag,
  maxProperties: count,
  minProperties: count,
  required: names,
  additionalProperties: schemaOrFlag,
  definitions: schemaTable,
  properties: schemaTable,
  patternProperties: schemaTable,
  dependencies: table,
  enum: (value, draft) =>
    draft === 4 && Array.isArray(value) && value.length === 0 ? "minItems: got 0, want 1" : list(value, draft),
  type,
  format: text,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schema,
};

const keywordsSince6: Readonly<Record<string, Shape>> = {
  ...keywords,
  contains: schema,
  propertyNames: schema,
  examples: list,
};

const keywordsSince7: Readonly<Record<string, Shape>> = {
  ...keywordsSince6,
  if: schema,
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword's name
  then: schema,
  else: schema,
  readOnly: flag,
};

const keywordsSince2019: Readonly<Record<string, Shape>> = {
  ...keywordsSince7,
  $defs: schemaTable,
  dependentSchemas: schemaTable,
  dependentRequired: table,
  minContains: count,
  maxContains: count,
  unevaluatedItems: schema,
  unevaluatedProperties: schema,
  writeOnly: flag,
  deprecated: flag,
};

const keywordsOf: Readonly<Record<Draft, Readonly<Record<string, Shape>>>> = {
  4: keywords,
  6: keywordsSince6,
  7: keywordsSince7,
  2019: keywordsSince2019,
  2020: { ...keywordsSince2019, prefixItems: schemas },
};

/** Keywords whose value is a schema, a list of them, or a table of them. */
export const subschemas: Readonly<Record<"one" | "list" | "table", readonly string[]>> = {
  one: [
    "not",
    "additionalItems",
    "additionalProperties",
    "items",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
  ],
  list: ["allOf", "anyOf", "oneOf", "items", "prefixItems"],
  table: ["definitions", "$defs", "properties", "patternProperties", "dependencies", "dependentSchemas"],
};

/**
 * Refuses what is no schema of its draft: a keyword with a value of the wrong type is an error, not something to pass over.
 * @throws HelmError (terminal)
 */
export function checkSchema(root: Json, draft: Draft, url: string): void {
  const problem = problemOf(root, draft, []);
  if (problem === undefined) return;
  throw new HelmError(
    `"${url}#" is not valid against metaschema: jsonschema validation failed with the schema of its draft\n- at ${quoteText(pointerOf(problem.at))}: ${problem.text}`,
  );
}

interface SchemaProblem {
  readonly at: readonly string[];
  readonly text: string;
}

function problemOf(value: Json, draft: Draft, at: readonly string[]): SchemaProblem | undefined {
  if (at.length > 500) throw new HelmError("read the schema: it is nested too deeply");
  const text = schema(value, draft);
  if (text !== undefined) return { at, text };
  if (!isObject(value)) return undefined;
  return keywordProblem(value, draft, at) ?? innerProblem(value, draft, at);
}

function keywordProblem(value: JsonObject, draft: Draft, at: readonly string[]): SchemaProblem | undefined {
  const shapes = keywordsOf[draft];
  for (const keyword of Object.keys(value)) {
    const shape = Object.hasOwn(shapes, keyword) ? shapes[keyword] : undefined;
    const text = shape?.(value[keyword] ?? null, draft);
    if (text !== undefined) return { at: [...at, keyword], text };
  }
  return undefined;
}

function innerProblem(value: JsonObject, draft: Draft, at: readonly string[]): SchemaProblem | undefined {
  for (const [inner, path] of innerSchemas(value, draft)) {
    const problem = problemOf(inner, draft, [...at, ...path]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function* innerSchemas(value: JsonObject, draft: Draft): Generator<[Json, string[]]> {
  const shapes = keywordsOf[draft];
  for (const keyword of subschemas.one) {
    const inner = value[keyword];
    if (keyword in shapes && isObject(inner)) yield [inner, [keyword]];
  }
  for (const keyword of subschemas.list) {
    const inner = value[keyword];
    if (!(keyword in shapes) || !Array.isArray(inner)) continue;
    for (const [index, item] of inner.entries()) yield [item, [keyword, String(index)]];
  }
  for (const keyword of subschemas.table) {
    const inner = value[keyword];
    if (!(keyword in shapes) || !isObject(inner)) continue;
    for (const key of Object.keys(inner)) {
      const item = inner[key] ?? null;
      if (!Array.isArray(item)) yield [item, [keyword, key]];
    }
  }
}
