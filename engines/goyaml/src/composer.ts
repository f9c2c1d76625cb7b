import type { Comment } from "./comment.ts";
import { makeNode } from "./node-of.ts";
import type { Node, NodeKind } from "./node.ts";
import { resolveTag, shortTag } from "./resolve.ts";
import { ScalarStyle, type Token, TokenType } from "./token.ts";
import type { YamlDialect } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

/**
 * Builds nodes from what the parser finds, and hangs the comments collected so far on the node that takes them.
 * In v2 an untagged scalar keeps the tag "", because only the decoder resolves it there.
 */
export class Composer {
  private readonly dialect: YamlDialect;
  private readonly stack: Node[] = [];
  private anchors = new Map<string, Node>();
  private document: Node | undefined;
  private head = "";
  private line = "";
  private foot = "";
  /** A head comment that waits for the collection inside a sequence entry. */
  private stem = "";

  constructor(dialect: YamlDialect) {
    this.dialect = dialect;
  }

  get headLength(): number {
    return this.head.length;
  }

  /** The document that was closed last, once. */
  takeDocument(): Node | undefined {
    const { document } = this;
    this.document = undefined;
    return document;
  }

  /** Takes the comments that belong to a token or to something before it. */
  collectComments(comments: Comment[], token: Token): void {
    while (comments.length > 0) {
      const { role, text, tokenIndex } = comments[0] as Comment;
      if (token.index < tokenIndex) return;
      // An end has no head: the comment waits for the next token.
      if (role === "head" && token.type === TokenType.BlockEnd) return;
      if (role === "head") this.head = joinLines(this.head, text);
      else if (role === "foot") this.foot = joinLines(this.foot, text);
      else this.line = joinLines(this.line, text);
      comments.shift();
    }
  }

  /** Sets the first part of the head comment aside for the collection that starts now. */
  splitStem(length: number): void {
    this.stem = this.head.slice(0, length);
    this.head = this.head.slice(length + 1);
  }

  openDocument(token: Token, explicit: boolean): void {
    const node = this.make("document", token, 0);
    if (!explicit) node.headComment = this.takeDocumentHead();
    if (!this.dialect.comments) this.anchors = new Map();
    this.stack.push(node);
  }

  closeDocument(): void {
    const node = this.stack.pop() as Node;
    node.footComment = this.foot === "" ? this.head : this.foot;
    this.clearComments();
    this.document = node;
  }

  open(kind: NodeKind, flow: boolean, start: Token, anchor: string, tag: string): void {
    const node = this.make(kind, start, 0);
    if (flow) {
      node.style.flow = true;
      this.takeComments(node);
    } else {
      node.headComment = this.stem;
      this.stem = "";
    }
    this.openNode(node, kind === "mapping" ? "!!map" : "!!seq", anchor, tag);
  }

  openIndentless(start: Token, anchor: string, tag: string): void {
    this.openNode(this.make("sequence", start, 0), "!!seq", anchor, tag);
  }

  /** Opens the mapping of a single `key: value` inside a flow sequence. */
  openPair(start: Token): void {
    const node = this.make("mapping", start, 0);
    node.style.flow = true;
    this.openNode(node, "!!map", "", "");
  }

  close(takesComments: boolean): void {
    const node = this.stack.pop() as Node;
    node.lineComment = takesComments ? this.line : "";
    node.footComment = takesComments ? this.foot : "";
    if (takesComments) {
      // The end event takes the head comment too, and nobody reads it.
      this.clearComments();
      this.passFootToLastKey(node);
    }
    this.attach(node);
  }

  addScalar(start: Token, value: string, style: ScalarStyle, anchor: string, tag: string): void {
    const node = this.make("scalar", start, 0);
    node.value = value;
    if (style !== ScalarStyle.Plain) setScalarStyle(node, style);
    this.takeComments(node);
    this.tagScalar(node, tag, style === ScalarStyle.Plain);
    if (anchor !== "") this.setAnchor(node, anchor);
    this.attach(node);
  }

  /** A node of which only anchor or tag are written. */
  addBare(start: Token, anchor: string, tag: string): void {
    const node = this.make("scalar", start, 0);
    this.tagScalar(node, tag, true);
    if (anchor !== "") this.setAnchor(node, anchor);
    this.attach(node);
  }

  /** A node of which nothing is written, behind `width` columns of a token. */
  addEmpty(token: Token, width: number): void {
    const node = this.make("scalar", token, width);
    this.tagScalar(node, "", true);
    this.attach(node);
  }

  addAlias(token: Token): void {
    const node = this.make("alias", token, 0);
    node.value = token.value;
    this.takeComments(node);
    const target = this.anchors.get(token.value);
    if (target === undefined) {
      const at = { file: this.dialect.file, line: token.line + 1, column: token.column + 1 };
      throw new YamlError(`yaml: unknown anchor '${token.value}' referenced`, at);
    }
    node.alias = target;
    this.attach(node);
  }

  private make(kind: NodeKind, token: Token, width: number): Node {
    const node = makeNode(kind, "");
    node.line = token.line + 1;
    node.column = token.column + width + 1;
    return node;
  }

  private openNode(node: Node, defaultTag: string, anchor: string, tag: string): void {
    const explicit = tag !== "" && tag !== "!";
    node.tag = explicit ? shortTag(tag) : defaultTag;
    if (explicit) node.style.tagged = true;
    if (anchor !== "") this.setAnchor(node, anchor);
    this.stack.push(node);
  }

  private tagScalar(node: Node, tag: string, plain: boolean): void {
    if (tag !== "" && tag !== "!") {
      node.tag = shortTag(tag);
      node.style.tagged = true;
    } else if (!this.dialect.comments) node.tag = tag;
    else if (!plain) node.tag = "!!str";
    else node.tag = node.value === "<<" ? "!!merge" : resolveTag(node.value);
  }

  private setAnchor(node: Node, anchor: string): void {
    node.anchor = anchor;
    this.anchors.set(anchor, node);
  }

  private takeComments(node: Node): void {
    node.headComment = this.head;
    node.lineComment = this.line;
    node.footComment = this.foot;
    this.clearComments();
  }

  private clearComments(): void {
    this.head = this.line = this.foot = this.stem = "";
  }

  /** The part of a head comment in front of its last empty line is the document's. */
  private takeDocumentHead(): string {
    const { head } = this;
    for (let index = head.length - 1; index > 0; index--) {
      if (head.charCodeAt(index) !== 0x0a) continue;
      const isLast = index === head.length - 1;
      if (!isLast && head.charCodeAt(index - 1) !== 0x0a) continue;
      this.head = head.slice(index + 1);
      return head.slice(0, isLast ? index : index - 1);
    }
    return "";
  }

  private attach(node: Node): void {
    const parent = this.stack.at(-1) as Node;
    const { content } = parent;
    content.push(node);
    if (parent.kind !== "mapping") return;
    if (content.length % 2 === 1) passFootToPriorKey(parent, node);
    else passFootToKey(content, node);
  }

  private passFootToLastKey(node: Node): void {
    const key = node.content.at(-2);
    if (node.kind !== "mapping" || node.style.flow === true || node.footComment === "" || key === undefined) return;
    key.footComment = node.footComment;
    node.footComment = "";
  }
}

function joinLines(before: string, text: string): string {
  return before === "" ? text : `${before}\n${text}`;
}

function setScalarStyle(node: Node, style: ScalarStyle): void {
  if (style === ScalarStyle.Double) node.style.quote = "double";
  else if (style === ScalarStyle.Single) node.style.quote = "single";
  else node.style.block = style === ScalarStyle.Literal ? "literal" : "folded";
}

/** A foot found in front of a key of a block mapping is that of the value before. */
function passFootToPriorKey(parent: Node, key: Node): void {
  if (parent.style.flow === true || key.footComment === "") return;
  const prior = parent.content.at(-3);
  if (prior === undefined) return;
  prior.footComment = key.footComment;
  key.footComment = "";
}

function passFootToKey(content: Node[], value: Node): void {
  if (value.footComment === "") return;
  const key = content.at(-2) as Node;
  if (key.footComment !== "") return;
  key.footComment = value.footComment;
  value.footComment = "";
}
