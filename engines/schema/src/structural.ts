import { compareText, deepEqual, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { forbiddenValue, invalidValue, requiredValue, type SchemaProblem } from "./problem.ts";
import { maxDepth, tooDeep } from "./schema-node.ts";

type Level = "root" | "item" | "field";

const emptyType: Record<Level, string> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

/**
 * Why a CRD's `openAPIV3Schema` is not structural, sorted as the API server lists it; empty where it is. `path` is the place of the
 * schema, such as `spec.versions[0].schema.openAPIV3Schema`. Patterns are not compiled here.
 * Source: apiextensions-apiserver `schema/validation.go`, `schema/complete.go`.
 */
export function checkStructural(schema: JsonObject, path: string): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  checkSchema(schema, "root", path, problems, 0);
  checkCompleteness(schema, schema, path, problems, 0);
  return problems.sort((left, right) =>
    compareText(`${left.field}: ${left.message}`, `${right.field}: ${right.message}`),
  );
}

function schemasOf(value: Json | undefined): [string, JsonObject][] {
  if (!isObject(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}

function nestedOf(schema: JsonObject, junctor: "allOf" | "anyOf" | "oneOf"): JsonObject[] {
  const nested = schema[junctor];
  return Array.isArray(nested) ? nested.filter(isObject) : [];
}

const intOrString: JsonObject[] = [{ type: "integer" }, { type: "string" }];

/** int-or-string may say its two types in `anyOf`, alone or as the first of `allOf`. */
function isIntOrStringAnyOf(schema: JsonObject | undefined): boolean {
  return schema !== undefined && deepEqual(schema.anyOf, intOrString);
}

function checkSchema(schema: JsonObject, level: Level, path: string, problems: SchemaProblem[], depth: number): void {
  if (depth > maxDepth) throw tooDeep();
  if (schema.type === "array" && !isObject(schema.items))
    problems.push(requiredValue(`${path}.items`, "must be specified"));
  if (isObject(schema.items)) checkSchema(schema.items, "item", `${path}.items`, problems, depth + 1);
  for (const [name, property] of schemasOf(schema.properties)) {
    checkSchema(property, "field", `${path}.properties[${name}]`, problems, depth + 1);
  }
  checkAdditional(schema, level, path, problems, depth);
  checkExtensions(schema, path, problems);
  checkNestedSchemas(schema, path, problems, depth);
  checkTypeOf(schema, level, path, problems);
  if (level === "root" || schema["x-kubernetes-embedded-resource"] === true)
    checkTypeMeta(schema, level, path, problems);
}

function checkAdditional(
  schema: JsonObject,
  level: Level,
  path: string,
  problems: SchemaProblem[],
  depth: number,
): void {
  const additional = schema.additionalProperties;
  if (additional === undefined) return;
  const place = `${path}.additionalProperties`;
  if (level === "root") problems.push(forbiddenValue(place, "must not be used at the root"));
  if (isObject(additional)) checkSchema(additional, "field", place, problems, depth + 1);
  if (schema["x-kubernetes-embedded-resource"] === true) {
    problems.push(forbiddenValue(place, "must not be used if x-kubernetes-embedded-resource is set"));
  }
}

function checkExtensions(schema: JsonObject, path: string, problems: SchemaProblem[]): void {
  if (schema["x-kubernetes-int-or-string"] !== true) return;
  for (const name of ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]) {
    if (schema[name] === true) {
      problems.push(invalidValue(`${path}.${name}`, true, "must be false if x-kubernetes-int-or-string is true"));
    }
  }
}

function checkTypeOf(schema: JsonObject, level: Level, path: string, problems: SchemaProblem[]): void {
  const type = typeof schema.type === "string" ? schema.type : "";
  const place = `${path}.type`;
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (isEmbedded && type !== "object") {
    const detail = "must be object if x-kubernetes-embedded-resource is true";
    problems.push(type === "" ? requiredValue(place, detail) : invalidValue(place, type, detail));
  } else if (type === "" && schema["x-kubernetes-int-or-string"] !== true && !keepsUnknown) {
    problems.push(requiredValue(place, emptyType[level]));
  }
  if (level === "root" && type !== "" && type !== "object")
    problems.push(invalidValue(place, type, "must be object at the root"));
  if (isEmbedded && !keepsUnknown && schemasOf(schema.properties).length === 0) {
    const detail =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    problems.push(requiredValue(`${path}.properties`, detail));
  }
}

function checkTypeMeta(schema: JsonObject, level: Level, path: string, problems: SchemaProblem[]): void {
  const properties = Object.fromEntries(schemasOf(schema.properties));
  for (const name of ["kind", "apiVersion"]) {
    const type = properties[name]?.type;
    if (properties[name] !== undefined && type !== "string") {
      problems.push(invalidValue(`${path}.properties[${name}].type`, type ?? "", "must be string"));
    }
  }
  const { metadata } = properties;
  if (metadata === undefined) return;
  const place = `${path}.properties[metadata]`;
  if (metadata.type !== "object") problems.push(invalidValue(`${place}.type`, metadata.type ?? "", "must be object"));
  if (level === "root" && !restrictsOnlyNames(metadata)) {
    const detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    problems.push(forbiddenValue(place, detail));
  }
}

function restrictsOnlyNames(metadata: JsonObject): boolean {
  const { type: _type, default: _default, properties, ...others } = metadata;
  const names = schemasOf(properties).map(([name]) => name);
  return Object.keys(others).length === 0 && names.every((name) => name === "name" || name === "generateName");
}

function checkNestedSchemas(schema: JsonObject, path: string, problems: SchemaProblem[], depth: number): void {
  const [firstOfAll] = nestedOf(schema, "allOf");
  const isIntOrString = schema["x-kubernetes-int-or-string"] === true;
  for (const junctor of ["anyOf", "allOf", "oneOf"] as const) {
    if (junctor === "anyOf" && isIntOrString && isIntOrStringAnyOf(schema)) continue;
    for (const [index, nested] of nestedOf(schema, junctor).entries()) {
      const skipsAnyOf = junctor === "allOf" && index === 0 && isIntOrString && isIntOrStringAnyOf(firstOfAll);
      checkNested(skipsAnyOf ? { ...nested, anyOf: [] } : nested, `${path}.${junctor}[${index}]`, problems, depth + 1);
    }
  }
  if (isObject(schema.not)) checkNested(schema.not, `${path}.not`, problems, depth + 1);
}

/** What says something of the structure and therefore must not stand below a junctor, with the words for it. */
const structureOnly: readonly (readonly [name: string, detail: string])[] = [
  ["type", "must be empty to be structural"],
  ["additionalProperties", "must be undefined to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];

function isSet(value: Json | undefined): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== false &&
    value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}

function checkNested(schema: JsonObject, path: string, problems: SchemaProblem[], depth: number): void {
  if (depth > maxDepth) throw tooDeep();
  checkNestedSchemas(schema, path, problems, depth);
  if (isObject(schema.items)) checkNested(schema.items, `${path}.items`, problems, depth + 1);
  for (const [name, property] of schemasOf(schema.properties)) {
    checkNested(property, `${path}.properties[${name}]`, problems, depth + 1);
  }
  for (const [name, detail] of structureOnly) {
    if (isSet(schema[name])) problems.push(forbiddenValue(`${path}.${name}`, detail));
  }
  if (isObject(schema.properties) && schema.properties.metadata !== undefined) {
    problems.push(forbiddenValue(`${path}.properties[metadata]`, "must not be specified in a nested context"));
  }
}

/** Fields that a nested schema speaks of must be specified outside the junctors too. */
function checkCompleteness(
  schema: JsonObject,
  outer: JsonObject,
  path: string,
  problems: SchemaProblem[],
  depth: number,
): void {
  if (depth > maxDepth) throw tooDeep();
  for (const junctor of ["anyOf", "allOf", "oneOf"] as const) {
    for (const [index, nested] of nestedOf(schema, junctor).entries()) {
      checkSpecified(nested, outer, `${path}.${junctor}[${index}]`, path, problems, depth + 1);
    }
  }
  if (isObject(schema.not)) checkSpecified(schema.not, outer, `${path}.not`, path, problems, depth + 1);
  for (const [name, property] of schemasOf(schema.properties)) {
    checkCompleteness(property, property, `${path}.properties[${name}]`, problems, depth + 1);
  }
  for (const name of ["items", "additionalProperties"]) {
    const below = schema[name];
    if (isObject(below)) checkCompleteness(below, below, `${path}.${name}`, problems, depth + 1);
  }
}

function checkSpecified(
  nested: JsonObject,
  outer: JsonObject,
  path: string,
  outerPath: string,
  problems: SchemaProblem[],
  depth: number,
): void {
  if (depth > maxDepth) throw tooDeep();
  const because = `because it is defined in ${path}`;
  for (const [name, property] of schemasOf(nested.properties)) {
    const declared = isObject(outer.properties) ? outer.properties[name] : undefined;
    const place = `.properties[${name}]`;
    if (isObject(declared)) checkSpecified(property, declared, path + place, outerPath + place, problems, depth + 1);
    else problems.push(requiredValue(outerPath + place, `${because}${place}`));
  }
  if (isObject(nested.items)) {
    if (isObject(outer.items))
      checkSpecified(nested.items, outer.items, `${path}.items`, `${outerPath}.items`, problems, depth + 1);
    else problems.push(requiredValue(`${outerPath}.items`, `${because}.items`));
  }
  for (const junctor of ["anyOf", "allOf", "oneOf"] as const) {
    for (const [index, one] of nestedOf(nested, junctor).entries()) {
      checkSpecified(one, outer, `${path}.${junctor}[${index}]`, outerPath, problems, depth + 1);
    }
  }
}
