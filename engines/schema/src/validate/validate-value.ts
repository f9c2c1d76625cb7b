import { deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import type { PatternTest } from "../patterns.ts";
import { invalidValue, requiredValue, tooMany, type SchemaProblem } from "../problem.ts";
import { maxDepth, tooDeep, type SchemaNode } from "../schema-node.ts";
import { checkEnum, checkNumber, checkString, type Place } from "./check-scalar.ts";
import { checkType } from "./check-type.ts";
import { correlateItem } from "./correlate.ts";
import { checkJunctors } from "./junctors.ts";

/** What the walk carries. */
export interface ValidateWalk {
  patterns: PatternTest;
}

/** A value's result: what is wrong, and how many checks it passed (which of several alternatives is blamed depends on it). */
export interface Result {
  problems: SchemaProblem[];
  matches: number;
}

/** Where the walk is. */
export interface Step extends Place {
  depth: number;
}

/** The start of a walk. */
export const rootStep: Step = { name: "", field: "<nil>", depth: 0 };

function memberStep(step: Step, key: string, isDeclared: boolean): Step {
  if (step.depth > maxDepth) throw tooDeep();
  const name = step.name === "" && isDeclared ? key : `${step.name}.${key}`;
  return { name, field: name.replace(/^\./, ""), depth: step.depth + 1 };
}

function itemStep(step: Step, index: number): Step {
  if (step.depth > maxDepth) throw tooDeep();
  const name = `${step.name}[${index}]`;
  return { name, field: name, depth: step.depth + 1 };
}

/**
 * Everything wrong with a value by its schema, CEL and list types apart. With `old`, a value that did not change is not blamed.
 * Source: kube-openapi `validation/validate`, apiextensions `validation/ratcheting.go`.
 */
export function validateValue(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step, old?: Json): Result {
  const result = checkValue(walk, node, value, step, old);
  if (old !== undefined && result.problems.length > 0 && deepEqual(value, old)) result.problems = [];
  return result;
}

function checkValue(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step, old: Json | undefined): Result {
  const result: Result = { problems: [], matches: 1 };
  add(result, checkType(node, value, step.name, step.field));
  if (value !== null) {
    merge(result, checkJunctors(walk, node, value, step));
    if (typeof value === "string")
      for (const problem of checkString(node, value, step, walk.patterns)) add(result, problem);
    if (typeof value === "number" || typeof value === "bigint")
      for (const problem of checkNumber(node, value, step)) add(result, problem);
    if (Array.isArray(value)) checkList(walk, node, value, step, old, result);
  }
  add(result, checkEnum(node, value, step));
  if (isObject(value)) checkMap(walk, node, value, step, old, result);
  return result;
}

/** Adds a problem, or counts a passed check. */
export function add(result: Result, problem: SchemaProblem | undefined): void {
  if (problem === undefined) result.matches++;
  else result.problems.push(problem);
}

/** Adds another result's problems and passed checks. */
export function merge(result: Result, other: Result): void {
  result.matches += other.matches;
  for (const problem of other.problems) result.problems.push(problem);
}

function checkList(
  walk: ValidateWalk,
  node: SchemaNode,
  value: Json[],
  step: Step,
  old: Json | undefined,
  result: Result,
): void {
  const { items, raw } = node;
  const { name, field } = step;
  if (items !== undefined) {
    for (const [index, item] of value.entries()) {
      merge(result, validateValue(walk, items, item, itemStep(step, index), correlateItem(node, value, index, old)));
    }
  }
  const body = `${name} in body should have`;
  if (typeof raw.minItems === "number" && value.length < raw.minItems) {
    add(result, invalidValue(field, value.length, `${body} at least ${raw.minItems} items`));
  }
  if (typeof raw.maxItems === "number" && value.length > raw.maxItems)
    add(result, tooMany(field, value.length, raw.maxItems));
  if (raw.uniqueItems === true && hasDuplicates(value))
    add(result, invalidValue(field, "", `${name} in body shouldn't contain duplicates`));
}

function hasDuplicates(items: readonly Json[]): boolean {
  return items.some((item, index) => items.slice(0, index).some((other) => deepEqual(item, other)));
}

function checkMap(
  walk: ValidateWalk,
  node: SchemaNode,
  value: JsonObject,
  step: Step,
  old: Json | undefined,
  result: Result,
): void {
  const before = isObject(old) ? old : undefined;
  checkPropertyCount(node, value, step, result);
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const property = node.property(key);
    const schema = property ?? node.additional;
    if (schema !== undefined) {
      const previous = before === undefined ? undefined : memberOf(before, key);
      merge(result, validateValue(walk, schema, member, memberStep(step, key, property !== undefined), previous));
    } else if (node.raw.additionalProperties === false) {
      add(result, invalidValue(step.field, key, `${step.name}.${key} in body is a forbidden property`));
    }
  }
  const { required } = node.raw;
  for (const key of Array.isArray(required) ? required : []) {
    if (typeof key === "string" && memberOf(value, key) === undefined)
      add(result, requiredValue(memberStep(step, key, true).field));
  }
}

function checkPropertyCount(node: SchemaNode, value: JsonObject, { name, field }: Step, result: Result): void {
  const { minProperties, maxProperties } = node.raw;
  if (typeof minProperties !== "number" && typeof maxProperties !== "number") return;
  const count = Object.values(value).filter((member) => member !== undefined).length;
  if (typeof minProperties === "number" && count < minProperties) {
    add(result, invalidValue(field, count, `${name} in body should have at least ${minProperties} properties`));
  }
  if (typeof maxProperties === "number" && count > maxProperties) add(result, tooMany(field, count, maxProperties));
}
