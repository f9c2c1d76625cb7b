import {
  insertPath,
  subtractSubtrees,
  unionSets,
  type FieldNode,
  type FieldSet,
  type MutableSet,
} from "../fields/field-set.ts";
import type { MapType, MergeType } from "./merge-type.ts";
import { entryType } from "./shape.ts";

/**
 * A manager's set after its schema changed from granular to atomic: who owned something below the now atomic field owns the
 * field. Other changes leave sets alone. Source: structured-merge-diff v6 `typed/reconcile_schema.go`.
 */
export function reconcileSchema(set: FieldSet, type: MergeType): FieldSet {
  const changed: MutableSet = new Map();
  visit(changed, [], { member: false, children: set }, type);
  return changed.size === 0 ? set : unionSets(subtractSubtrees(set, changed), changed);
}

function visit(changed: MutableSet, path: string[], node: FieldNode, type: MergeType): void {
  const isAtomicMember = node.member && node.children === undefined;
  if (type.map !== undefined) visitMap(changed, path, node, type.map, isAtomicMember);
  else if (type.scalar !== undefined || type.list === undefined) return;
  else if (type.list.atomic && !isAtomicMember) insertPath(changed, path);
  else visitChildren(changed, path, node, () => type.list?.item);
}

function visitMap(changed: MutableSet, path: string[], node: FieldNode, map: MapType, isAtomicMember: boolean): void {
  if (map.deduced) return;
  if (map.atomic && !isAtomicMember) {
    if (node.children !== undefined) insertPath(changed, path);
    return;
  }
  visitChildren(changed, path, node, (element) => {
    return element.startsWith("f:") ? entryType(map, element.slice(2)) : map.element;
  });
}

function visitChildren(
  changed: MutableSet,
  path: string[],
  node: FieldNode,
  typeOf: (element: string) => MergeType | undefined,
): void {
  if (node.children === undefined) return;
  for (const [element, child] of node.children) {
    const type = typeOf(element);
    if (type === undefined) continue;
    path.push(element);
    visit(changed, path, child, type);
    path.pop();
  }
}

/**
 * The set with every declared struct field on the way to a member made a member too; map keys and list items are not.
 * Source: structured-merge-diff v6 `EnsureNamedFieldsAreMembers`.
 */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  const result = new Map<string, FieldNode>();
  const map = type?.map;
  for (const [element, node] of set) {
    if (node.children === undefined) {
      result.set(element, node);
      continue;
    }
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    const isNamed = name !== undefined && map !== undefined && map.fields.has(name);
    const childType = name === undefined ? type?.list?.item : map === undefined ? undefined : entryType(map, name);
    result.set(element, { member: node.member || isNamed, children: withNamedFields(node.children, childType) });
  }
  return result;
}
