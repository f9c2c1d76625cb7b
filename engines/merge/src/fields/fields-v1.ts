import { isObject, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { emptySet, type FieldNode, type FieldSet } from "./field-set.ts";
import { comparePathElements, formatPathElement, parsePathElement } from "./path-element.ts";

const maxDepth = 512;

/**
 * Writes a set as `fieldsV1`: `{}` for a member, `".": {}` first where an element is a member and has children; keys in
 * the API server's order. Source: structured-merge-diff v6 `fieldpath/serialize.go`.
 */
export function encodeFieldsV1(set: FieldSet): JsonObject {
  const result: JsonObject = {};
  for (const element of sortedElements(set)) result[element] = encodeNode(set.get(element) as FieldNode);
  return result;
}

function sortedElements(set: FieldSet): string[] {
  const elements = [...set.keys()];
  return elements.length > 1 ? elements.sort(comparePathElements) : elements;
}

function encodeNode(node: FieldNode): JsonObject {
  if (node.children === undefined) return {};
  const below = encodeFieldsV1(node.children);
  return node.member ? { ".": {}, ...below } : below;
}

/**
 * Reads `fieldsV1`. Elements of a kind that is not known are dropped; an element without children is a member.
 * @throws MergeError 422 where a key's JSON is broken or the nesting is deeper than any object may be.
 */
export function decodeFieldsV1(fields: JsonObject): FieldSet {
  return decodeChildren(fields, 0) ?? emptySet;
}

function decodeChildren(fields: JsonObject, depth: number): FieldSet | undefined {
  if (depth > maxDepth) throw new MergeError(422, `decode fieldsV1: nested deeper than ${maxDepth} levels`);
  const children = new Map<string, FieldNode>();
  for (const key in fields) {
    if (key === ".") continue;
    const element = canonicalElement(key);
    if (element === undefined) continue;
    const below = fields[key];
    const grandchildren = isObject(below) ? decodeChildren(below, depth + 1) : undefined;
    const member = grandchildren === undefined || (isObject(below) && "." in below);
    children.set(element, { member, children: grandchildren });
  }
  return children.size === 0 ? undefined : children;
}

function canonicalElement(key: string): string | undefined {
  if (key.startsWith("f:")) return key;
  try {
    const element = parsePathElement(key);
    return element === undefined ? undefined : formatPathElement(element);
  } catch {
    throw new MergeError(422, `decode fieldsV1: parse path element ${JSON.stringify(key)}: broken JSON`);
  }
}

/** Calls back with every member, members of a level before what lies below them; the order of conflict messages. */
export function forEachPath(
  set: FieldSet,
  visit: (path: readonly string[]) => void,
  prefix: readonly string[] = [],
): void {
  const elements = sortedElements(set);
  for (const element of elements) if (set.get(element)?.member) visit([...prefix, element]);
  for (const element of elements) {
    const children = set.get(element)?.children;
    if (children !== undefined) forEachPath(children, visit, [...prefix, element]);
  }
}
