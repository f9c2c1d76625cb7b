import { isObject, type Json } from "@eddy/core/json";
import { showPathElement } from "../fields/path-element.ts";
import { formatGoLiteral, formatGoValue, goTypeOf } from "./go-format.ts";
import { itemKey } from "./list-key.ts";
import type { ListType, MapType, MergeType, ScalarKind } from "./merge-type.ts";
import { entryType, shapeOf } from "./shape.ts";

/** One thing that does not fit the schema; `path` like `.spec.ports[name="x"]`. */
export interface TypeProblem {
  path: string;
  message: string;
}

const maxDepth = 512;

/** Options of {@link validateType}. */
export interface ValidateTypeOptions {
  /** Lets items of one key stand twice in an associative list, as live objects may. */
  allowDuplicates?: boolean;
}

/**
 * Everything in a value that its type does not allow: unknown fields, wrong scalars, items without key, duplicates. Null fits
 * everywhere. An empty list means that it fits. Source: structured-merge-diff v6 `typed/validate.go`, words included.
 */
export function validateType(
  type: MergeType,
  value: Json | undefined,
  options: ValidateTypeOptions = {},
): TypeProblem[] {
  const problems: TypeProblem[] = [];
  visit({ problems, allowDuplicates: options.allowDuplicates ?? false, path: [] }, type, value);
  return problems;
}

interface Walk {
  problems: TypeProblem[];
  allowDuplicates: boolean;
  path: string[];
}

function report(walk: Walk, message: string): void {
  walk.problems.push({ path: walk.path.map(showPathElement).join(""), message });
}

function visit(walk: Walk, type: MergeType, value: Json | undefined): void {
  if (value === null || value === undefined) return;
  if (walk.path.length > maxDepth) return report(walk, `nested deeper than ${maxDepth} levels`);
  switch (shapeOf(type, value)) {
    case "map":
      return isObject(value)
        ? visitMap(walk, type.map as MapType, value)
        : report(walk, `expected map, got &{${formatGoValue(value)}}`);
    case "list":
      return Array.isArray(value)
        ? visitList(walk, type.list as ListType, value)
        : report(walk, `expected list, got &{${formatGoValue(value)}}`);
    case "scalar":
      return visitScalar(walk, type.scalar as ScalarKind, value);
    case "none":
      return report(walk, "schema error: invalid atom: inlined");
  }
}

function visitScalar(walk: Walk, kind: ScalarKind, value: Json): void {
  const type = typeof value;
  if (kind === "numeric") {
    if (type !== "number" && type !== "bigint") report(walk, `expected numeric (int or float), got ${goTypeOf(value)}`);
  } else if (kind === "string") {
    if (type !== "string")
      report(walk, `expected string, got &value.valueUnstructured{Value:${formatGoLiteral(value)}}`);
  } else if (kind === "boolean") {
    if (type !== "boolean") report(walk, `expected boolean, got &{${formatGoValue(value)}}`);
  } else if (type === "object") report(walk, `expected any scalar, got &{${formatGoValue(value)}}`);
}

function visitMap(walk: Walk, map: MapType, value: { [key: string]: Json | undefined }): void {
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const type = entryType(map, key);
    walk.path.push(`f:${key}`);
    if (type === undefined) report(walk, "field not declared in schema");
    else if (member !== null) visit(walk, type, member);
    walk.path.pop();
    // The original stops at the first undeclared field; which one that is depends on its map order.
    if (type === undefined) return;
  }
}

function visitList(walk: Walk, list: ListType, value: readonly Json[]): void {
  const seen = list.atomic ? undefined : new Set<string>();
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    let element = `i:${index}`;
    if (seen !== undefined) {
      const key = itemKey(list, item);
      if ("problem" in key) return report(walk, `element ${index}: ${key.problem}`);
      element = key.element;
      if (seen.has(element) && !walk.allowDuplicates) {
        report(walk, `duplicate entries for key ${showPathElement(element)}`);
      }
      seen.add(element);
    }
    if (item !== null && typeof item !== "object" && list.item.scalar === "untyped") continue;
    walk.path.push(element);
    visit(walk, list.item, item);
    walk.path.pop();
  }
}

/** The problems in one text, as a `ValidationErrors` prints itself. */
export function formatTypeProblems(problems: readonly TypeProblem[]): string {
  const lines = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return lines.length === 1 ? (lines[0] as string) : ["errors:", ...lines.map((line) => `  ${line}`)].join("\n");
}
