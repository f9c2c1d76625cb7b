/** What a node is. */
export type NodeKind = "document" | "mapping" | "sequence" | "scalar" | "alias";

/** How a node was, or is to be, written; absent means plain or block. */
export interface NodeStyle {
  quote?: "single" | "double";
  block?: "literal" | "folded";
  flow?: boolean;
  /** The tag was or is to be written out. */
  tagged?: boolean;
}

/**
 * A YAML node as go-yaml v3 has it: what was written, its comments and its position, before any type is decided.
 * A mapping's content alternates keys and values. Nodes are mutable: engines edit them in place.
 */
export interface Node {
  kind: NodeKind;
  style: NodeStyle;
  /** Short form, `!!str`, `!!map`, …; resolved for scalars, "" when not known yet. */
  tag: string;
  /** The text of a scalar; "" otherwise. */
  value: string;
  anchor: string;
  /** Of an alias: the node it points to. */
  alias?: Node;
  content: Node[];
  headComment: string;
  lineComment: string;
  footComment: string;
  /** From 1; 0 for nodes that were made. */
  line: number;
  column: number;
}
