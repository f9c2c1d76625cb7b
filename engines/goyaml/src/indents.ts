import type { Comment } from "./comment.ts";
import type { Mark } from "./token.ts";
import type { YamlDialect } from "./yaml-dialect.ts";

/** The columns at which the open block collections stand. */
export class Indents {
  /** Column of the innermost block collection; -1 outside of all. */
  current: number = -1;
  private readonly outer: number[] = [];
  private readonly maxDepth: number;

  constructor(dialect: YamlDialect) {
    this.maxDepth = dialect.maxDepth;
  }

  get tooDeep(): boolean {
    return this.outer.length > this.maxDepth;
  }

  /** Opens a collection at a column, if that is deeper; says whether it is. */
  roll(column: number): boolean {
    if (this.current >= column) return false;
    this.outer.push(this.current);
    this.current = column;
    return true;
  }

  /**
   * Closes the collections deeper than a column, and says where each ends: in front of the first comment that stands at its
   * own column, so that comments further left go to the collections outside.
   */
  unroll(column: number, scanMark: Mark, comments: readonly Comment[]): Mark[] {
    const ends: Mark[] = [];
    let end: Mark = { ...scanMark, index: scanMark.index - 1 };
    while (this.current > column) {
      end = firstCommentAt(this.current + 1, comments, end);
      ends.push(end);
      this.current = this.outer.pop() ?? -1;
    }
    return ends;
  }
}

function firstCommentAt(column: number, comments: readonly Comment[], end: Mark): Mark {
  let found = end;
  let stop = end.index;
  for (let index = comments.length - 1; index >= 0; index--) {
    const comment = comments[index] as Comment;
    if (comment.endIndex < stop) break;
    if (comment.start.column === column) found = comment.start;
    stop = comment.scanIndex;
  }
  return found;
}
