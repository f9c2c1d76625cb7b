import { isObject, type Json } from "@eddy/core/json";
import { compareValues, type Comparable, LiteralNumber } from "./compare-values.ts";
import type { PathNode, Slice, TemplatePart } from "./path-node.ts";

/** What a step finds: parts of the document, and literals of the template. */
export type Found = Comparable;

const maxFound = 1_000_000;

/**
 * What each part of a template finds, in turn. Maps give their values in the order of their keys, where kubectl has none.
 * @throws Error in kubectl's words, for a field that nobody has first of all.
 */
export function evaluateTemplate(parts: readonly TemplatePart[], document: Json): Found[][] {
  return parts.flatMap((part) => {
    if (part.kind === "text") return [[part.text]];
    const found = walk([document], part.nodes);
    if (part.kind === "path") return [found];
    return found.flatMap((value) => evaluateTemplate(part.body, value as Json));
  });
}

function walk(values: readonly Found[], nodes: readonly PathNode[]): Found[] {
  let current = [...values];
  for (const node of nodes) {
    current = stepOf(node, current);
    if (current.length > maxFound) throw new Error(`more than ${maxFound} values are found`);
  }
  return current;
}

function stepOf(node: PathNode, values: readonly Found[]): Found[] {
  switch (node.kind) {
    case "text":
      return [node.text];
    case "number":
      return values.map(() => new LiteralNumber(node.value, node.isInteger));
    case "boolean":
      return values.map(() => node.value);
    case "field":
      return fieldOf(values, node.name);
    case "wildcard":
      return values.flatMap(childrenOf);
    case "recursive":
      return values.flatMap(descendantsOf);
    case "slice":
      return values.flatMap((value) => (value === null ? [] : sliceOf(value, node.slice)));
    case "union":
      return node.members.flatMap((member) => walk(values, member));
    case "filter":
      return values.flatMap((value) => filterOf(value, node));
    case "identifier":
      throw new Error(node.name === "end" ? "not in range, nothing to end" : `unrecognized identifier ${node.name}`);
  }
}

function fieldOf(values: readonly Found[], name: string): Found[] {
  if (values.length === 0) return [];
  const found = values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name] ?? null] : []));
  if (found.length === 0 && values.length > 0) throw new Error(`${name} is not found`);
  return found;
}

function childrenOf(value: Found): Found[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .toSorted()
    .map((key) => value[key] ?? null);
}

function descendantsOf(value: Found): Found[] {
  const children = childrenOf(value);
  return children.length === 0 ? [] : [value, ...children.flatMap(descendantsOf)];
}

function sliceOf(value: Found, { start = 0, end, isIndex, step = 1 }: Slice): Found[] {
  if (!Array.isArray(value)) throw new Error(`${typeName(value)} is not array or slice`);
  const { length } = value;
  const from = start < 0 ? start + length : start;
  const to = endOf({ start, end, isIndex }, length);
  if (from === to) return [];
  if (from >= length || from < 0) throw new Error(`array index out of bounds: index ${from}, length ${length}`);
  if (to > length || to < 0) throw new Error(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`);
  if (step <= 0) throw new Error("step must be > 0");
  return value.slice(from, to).filter((_, index) => index % step === 0);
}

function endOf(
  { start, end, isIndex }: { start: number; end: number | undefined; isIndex: boolean },
  length: number,
): number {
  if (!isIndex) return end === undefined ? length : end < 0 ? end + length : end;
  return start + 1 <= 0 ? start + 1 + length : start + 1;
}

function filterOf(value: Found, { left, test }: Extract<PathNode, { kind: "filter" }>): Found[] {
  if (!Array.isArray(value)) throw new Error(`${typeName(value)} is not array or slice and cannot be filtered`);
  return value.filter((item: Json) => {
    if (!test) return isThere(item, left);
    const [one, other] = [walk([item], left), walk([item], test.right)];
    if (one.length === 0 || other.length === 0) return false;
    if (one.length > 1 || other.length > 1) throw new Error("can only compare one element at a time");
    return compareValues(one[0] as Found, test.operator, other[0] as Found);
  });
}

function isThere(item: Json, path: readonly PathNode[]): boolean {
  try {
    return walk([item], path).length > 0;
  } catch {
    return false;
  }
}

function typeName(value: Found): string {
  if (isObject(value)) return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" ? "float64" : "string";
}
