import { SopsError } from "../sops-error.ts";
import { Branch, Comment, type BranchItem, type Leaf, type TreeValue } from "./tree.ts";

/** Where a leaf stands: the keys above it, and the comments in force at each level, nearest last. */
export interface LeafPlace {
  path: readonly string[];
  comments: readonly (readonly string[])[];
}

/** What becomes of a leaf. A comment may become text that then stands as a comment. */
export type LeafVisitor = (leaf: Leaf | Comment, place: LeafPlace) => Leaf | Comment;

// Deeper than any manifest, and well above what the stack takes.
const maxDepth = 1_000;

/**
 * A new branch with every leaf replaced by what the visitor makes of it, visited in the order of the file. Elements of a
 * sequence have the path of the sequence; nulls are left alone.
 * @throws SopsError for what is nested more than 1,000 levels deep
 */
export function mapLeaves(branch: Branch, visit: LeafVisitor): Branch {
  return mapBranch(branch, { path: [], comments: [] }, visit);
}

function mapValue(value: TreeValue, place: LeafPlace, visit: LeafVisitor): TreeValue {
  if (value === null) return null;
  if (value instanceof Branch) return mapBranch(value, place, visit);
  if (Array.isArray(value)) return mapSequence(value, place, visit);
  return visit(value, place);
}

function mapSequence(values: readonly TreeValue[], place: LeafPlace, visit: LeafVisitor): TreeValue[] {
  const active = new ActiveComments(place);
  return values.map((value) => {
    if (value instanceof Comment) active.add(value);
    const mapped = mapValue(value, active.place(place.path), visit);
    if (!(value instanceof Comment)) active.clear();
    // An encrypted comment between elements stays a text element: that is how it is written.
    return mapped;
  });
}

function mapBranch(branch: Branch, place: LeafPlace, visit: LeafVisitor): Branch {
  if (place.comments.length > maxDepth) throw new SopsError(`walk the file: more than ${maxDepth} levels are nested`);
  const active = new ActiveComments(place);
  const items = branch.items.map((item): BranchItem => {
    if (item instanceof Comment) {
      active.add(item);
      const mapped = visit(item, active.place(place.path));
      return mapped instanceof Comment ? mapped : new Comment(String(mapped), item.inline);
    }
    if (item.value instanceof Comment) active.add(item.value);
    const value = mapValue(item.value, active.place([...place.path, item.key]), visit);
    if (!(item.value instanceof Comment)) active.clear();
    return { key: item.key, value };
  });
  return new Branch(items);
}

/** Comments since the last value of this level: they rule the next one. */
class ActiveComments {
  private readonly outer: readonly (readonly string[])[];
  private own: string[] = [];

  constructor({ comments }: LeafPlace) {
    this.outer = comments;
  }

  add(comment: Comment): void {
    this.own = [...this.own, comment.text];
  }

  clear(): void {
    this.own = [];
  }

  place(path: readonly string[]): LeafPlace {
    return { path, comments: [...this.outer, this.own] };
  }
}
