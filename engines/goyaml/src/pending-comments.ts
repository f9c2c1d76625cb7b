import type { Writer } from "./writer.ts";

/** The comments of one node, by the place where they are written. */
export interface NodeComments {
  head: string;
  line: string;
  foot: string;
  /** The foot of the key before, written in front of the next one. */
  tail: string;
}

/** No comments. */
export const emptyComments: NodeComments = { head: "", line: "", foot: "", tail: "" };

/** The comments that go-yaml's emitter has met and not yet written. A newer one of a kind replaces an older one. */
export class PendingComments {
  private readonly writer: Writer;
  private head = "";
  private foot = "";
  private tail = "";
  /** A line comment of a key, which goes behind the value or in front of a block below. */
  private keyLine = "";

  constructor(writer: Writer) {
    this.writer = writer;
  }

  get hasHead(): boolean {
    return this.head !== "";
  }

  /** Whether something is to be written behind the node. */
  get hasTrail(): boolean {
    return this.writer.lineComment !== "" || this.foot !== "" || this.tail !== "";
  }

  /** Whether something is to be written around the end of a flow mapping. */
  get hasClosing(): boolean {
    return this.head !== "" || this.foot !== "" || this.tail !== "";
  }

  take(comments: NodeComments): void {
    if (comments.head !== "") this.head = comments.head;
    if (comments.line !== "") this.writer.lineComment = comments.line;
    if (comments.foot !== "") this.foot = comments.foot;
    if (comments.tail !== "") this.tail = comments.tail;
  }

  writeHead(): void {
    const { writer } = this;
    if (this.tail !== "") {
      writer.writeIndent();
      writer.writeComment(this.tail);
      this.tail = "";
      writer.footIndent = Math.max(writer.indent, 0);
    }
    if (this.head === "") return;
    writer.writeIndent();
    writer.writeComment(this.head);
    this.head = "";
  }

  writeFoot(): void {
    const { writer } = this;
    if (this.foot === "") return;
    writer.writeIndent();
    writer.writeComment(this.foot);
    this.foot = "";
    writer.footIndent = Math.max(writer.indent, 0);
  }

  writeLineAndFoot(): void {
    this.writer.writeLineComment();
    this.writeFoot();
  }

  /** Sets the line comment of a key aside until its value is known. */
  keepKeyLine(): void {
    if (this.writer.lineComment === "") return;
    this.keyLine = this.writer.lineComment;
    this.writer.lineComment = "";
  }

  /** The key's line comment goes behind a scalar that has none itself. */
  passKeyLine(): void {
    if (this.keyLine === "" || this.writer.lineComment !== "") return;
    this.writer.lineComment = this.keyLine;
    this.keyLine = "";
  }

  /** The key's line comment goes in front of the block that follows. */
  writeKeyLine(): void {
    if (this.keyLine === "") return;
    const line = this.writer.lineComment;
    this.writer.lineComment = this.keyLine;
    this.writer.writeLineComment();
    this.writer.lineComment = line;
    this.keyLine = "";
  }
}
