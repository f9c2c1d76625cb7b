import type { Node } from "@eddy/goyaml";

/** What a comparison overlooks. */
export interface ComparisonOptions {
  /** Nodes of the wanted side that were changed or made: what they say counts, not how it is quoted or laid out. */
  readonly touched: ReadonlySet<Node>;
  /** Lines were added or removed, so that comments may hang on a neighbour: then all of them together are compared. */
  readonly commentsMayMove: boolean;
}

/** Whether what was written is read as what was wanted: every node, anchor, style and comment. */
export function sameDocuments(wanted: readonly Node[], read: readonly Node[], options: ComparisonOptions): boolean {
  if (wanted.length !== read.length || !wanted.every((node, index) => sameNode(node, read[index], options)))
    return false;
  return !options.commentsMayMove || commentsOf(wanted).join("\n") === commentsOf(read).join("\n");
}

function sameNode(wanted: Node, read: Node | undefined, options: ComparisonOptions): boolean {
  if (read === undefined || wanted.kind !== read.kind || wanted.anchor !== read.anchor) return false;
  if (wanted.value !== read.value || wanted.content.length !== read.content.length) return false;
  const isTouched = options.touched.has(wanted);
  if (isTouched ? !isReadAs(wanted, read) : !sameForm(wanted, read)) return false;
  if (!options.commentsMayMove && !sameComments(wanted, read)) return false;
  return wanted.content.every((child, index) => sameNode(child, read.content[index], options));
}

/** What was made has no style of its own. */
function isReadAs({ kind, tag }: Node, read: Node): boolean {
  return kind === "scalar" ? read.tag === "!!str" || !read.tag.startsWith("!!") : read.tag === tag;
}

function sameForm(wanted: Node, read: Node): boolean {
  const [left, right] = [wanted.style, read.style];
  return (
    wanted.tag === read.tag && left.quote === right.quote && left.block === right.block && left.flow === right.flow
  );
}

function sameComments(wanted: Node, read: Node): boolean {
  return (
    wanted.headComment === read.headComment &&
    wanted.lineComment === read.lineComment &&
    wanted.footComment === read.footComment
  );
}

function commentsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap(commentLines).sort();
}

/** Every line of a comment in a node or below it. */
export function commentLines(node: Node): string[] {
  const own = [node.headComment, node.lineComment, node.footComment].flatMap((comment) => comment.split("\n"));
  return [...own.filter((line) => line !== ""), ...node.content.flatMap(commentLines)];
}
