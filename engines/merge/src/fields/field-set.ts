/** What a field set says of one path element: whether it is a member itself, and what is below it. */
export interface FieldNode {
  readonly member: boolean;
  readonly children: FieldSet | undefined;
}

/**
 * A set of paths in an object. Keys are path elements as FieldsV1 writes them: `f:<field>`, `k:<sorted key JSON>`,
 * `v:<JSON>`, `i:<index>`. Sets are values: nothing changes one after it is built, and operations share structure.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>;

/** The set without paths. */
export const emptySet: FieldSet = new Map();

/** Whether no path is a member. Sets built here never hold empty branches. */
export function isEmptySet(set: FieldSet | undefined): boolean {
  return set === undefined || set.size === 0;
}

/** A set of these paths, each a list of path elements. The empty path is ignored. */
export function fieldSetOf(...paths: readonly (readonly string[])[]): FieldSet {
  const root: MutableSet = new Map();
  for (const path of paths) insertPath(root, path);
  return root;
}

/** A set under construction; hand it out as {@link FieldSet} and do not touch it again. */
export type MutableSet = Map<string, { member: boolean; children: MutableSet | undefined }>;

/** Adds a path to a set under construction. */
export function insertPath(set: MutableSet, path: readonly string[]): void {
  let current = set;
  const last = path.length - 1;
  for (let index = 0; index <= last; index++) {
    const element = path[index] as string;
    let node = current.get(element);
    if (node === undefined) {
      node = { member: false, children: undefined };
      current.set(element, node);
    }
    if (index === last) node.member = true;
    else current = node.children ??= new Map();
  }
}

/** Whether the path itself is a member. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let current: FieldSet | undefined = set;
  let node: FieldNode | undefined;
  for (const element of path) {
    node = current?.get(element);
    if (node === undefined) return false;
    current = node.children;
  }
  return node?.member ?? false;
}

/** Paths in either set. */
export function unionSets(left: FieldSet, right: FieldSet): FieldSet {
  if (left.size === 0) return right;
  if (right.size === 0) return left;
  const result = new Map(left);
  for (const [element, node] of right) {
    const other = left.get(element);
    result.set(element, other === undefined ? node : unionNodes(other, node));
  }
  return result;
}

function unionNodes(left: FieldNode, right: FieldNode): FieldNode {
  const children =
    left.children === undefined || right.children === undefined
      ? (left.children ?? right.children)
      : unionSets(left.children, right.children);
  return { member: left.member || right.member, children };
}

/** Paths in both sets. */
export function intersectSets(left: FieldSet, right: FieldSet): FieldSet {
  const result = new Map<string, FieldNode>();
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined) continue;
    const children =
      node.children === undefined || other.children === undefined
        ? undefined
        : intersectSets(node.children, other.children);
    addNode(result, element, node.member && other.member, children);
  }
  return result;
}

/** Paths of the left set that are not members of the right one; what lies below a removed path stays. */
export function subtractSet(left: FieldSet, right: FieldSet): FieldSet {
  if (right.size === 0 || left.size === 0) return left;
  const result = new Map<string, FieldNode>();
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined) {
      result.set(element, node);
      continue;
    }
    const children =
      node.children === undefined || other.children === undefined
        ? node.children
        : subtractSet(node.children, other.children);
    addNode(result, element, node.member && !other.member, children);
  }
  return result;
}

/** Paths of the left set that are neither members of the right one nor below one. */
export function subtractSubtrees(left: FieldSet, right: FieldSet): FieldSet {
  if (right.size === 0 || left.size === 0) return left;
  const result = new Map<string, FieldNode>();
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined) result.set(element, node);
    else if (!other.member) {
      const children =
        node.children === undefined || other.children === undefined
          ? node.children
          : subtractSubtrees(node.children, other.children);
      addNode(result, element, node.member, children);
    }
  }
  return result;
}

function addNode(
  result: Map<string, FieldNode>,
  element: string,
  member: boolean,
  children: FieldSet | undefined,
): void {
  const below = children === undefined || children.size === 0 ? undefined : children;
  if (member || below !== undefined) result.set(element, { member, children: below });
}

/** Whether both sets have the same members. */
export function equalSets(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  if (left.size !== right.size) return false;
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined || other.member !== node.member) return false;
    if (!equalSets(node.children ?? emptySet, other.children ?? emptySet)) return false;
  }
  return true;
}

/** Whether every path of the left set is in the right one. */
export function isSubset(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined || (node.member && !other.member)) return false;
    if (node.children !== undefined && !isSubset(node.children, other.children ?? emptySet)) return false;
  }
  return true;
}
