import { emptyComments, PendingComments } from "./pending-comments.ts";
import type { Node } from "./node.ts";
import { isSimpleKey, type PreparedNode, prepareNode, ScalarForm } from "./prepare-node.ts";
import { writeDoubleQuoted, writeFoldedBlock, writeLiteral, writePlain, writeSingleQuoted } from "./write-scalar.ts";
import { Writer } from "./writer.ts";
import { maxValueDepth } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

/** Where a node stands. */
interface Place {
  root: boolean;
  /** It is an item of a block sequence. */
  item: boolean;
  /** It is a key or a value. */
  mapping: boolean;
  key: boolean;
}

const rootPlace: Place = { root: true, item: false, mapping: false, key: false };
const itemPlace: Place = { root: false, item: true, mapping: false, key: false };
const flowItemPlace: Place = { root: false, item: false, mapping: false, key: false };
const simpleKeyPlace: Place = { root: false, item: false, mapping: true, key: true };
const valuePlace: Place = { root: false, item: false, mapping: true, key: false };

/**
 * Writes nodes as go-yaml v3's encoder does. Comments wait in {@link PendingComments} until a place takes them: a comment
 * that no place takes is written at the next one that does, as there.
 */
export class Emitter {
  private readonly writer: Writer;
  private readonly pending: PendingComments;
  private readonly compact: boolean;
  private flowLevel = 0;
  private depth = 0;

  constructor(indent: number, compact: boolean) {
    this.writer = new Writer({ indent, width: Number.MAX_SAFE_INTEGER });
    this.pending = new PendingComments(this.writer);
    this.compact = compact;
  }

  get text(): string {
    return this.writer.text;
  }

  document(node: Node, first: boolean): void {
    const { writer, pending } = this;
    const isDocument = node.kind === "document";
    pending.take({ ...emptyComments, head: isDocument ? node.headComment : "" });
    if (!first) {
      writer.writeIndent();
      writer.writeIndicator("---", true);
      writer.writeIndent();
    }
    if (pending.hasHead) {
      pending.writeHead();
      writer.putBreak();
    }
    for (const content of isDocument ? node.content : [node]) this.root(content);
    pending.take({ ...emptyComments, foot: isDocument ? node.footComment : "" });
    writer.footIndent = 0;
    pending.writeFoot();
    writer.footIndent = -1;
    writer.writeIndent();
  }

  private root(node: Node): void {
    const prepared = this.meet(node, "");
    this.pending.writeHead();
    this.node(prepared, rootPlace, () => this.pending.writeLineAndFoot());
  }

  /** The start of a node: its comments become pending. */
  private meet(node: Node, tail: string): PreparedNode {
    const { kind, headComment: head, lineComment, footComment } = node;
    const closes = kind === "mapping" || kind === "sequence";
    this.pending.take({
      head,
      line: closes ? "" : lineComment,
      foot: closes ? "" : footComment,
      tail: kind === "scalar" || kind === "mapping" ? tail : "",
    });
    return prepareNode(node);
  }

  /** Writes a node; `after` runs behind a scalar, but behind the start of a collection. */
  private node(prepared: PreparedNode, place: Place, after: () => void): void {
    const { node } = prepared;
    const { writer } = this;
    if (prepared.anchor !== "") {
      writer.writeIndicator(node.kind === "alias" ? "*" : "&", true);
      writer.writeWord(prepared.anchor, false);
    }
    if (prepared.tag !== "") writer.writeWord(prepared.tag, true);
    if (node.kind === "scalar") this.scalar(prepared, place);
    after();
    if (node.kind !== "mapping" && node.kind !== "sequence") return;
    if (++this.depth > maxValueDepth) throw new YamlError(`yaml: exceeded max depth of ${maxValueDepth}`);
    const { indent } = writer;
    const flow = this.flowLevel > 0 || node.style.flow === true || node.content.length === 0;
    if (node.kind === "sequence" && flow) this.flowSequence(node, place);
    else if (node.kind === "sequence") this.blockSequence(node, place);
    else if (flow) this.flowMapping(node, place);
    else this.blockMapping(node, place);
    writer.indent = indent;
    this.depth--;
  }

  /** Indents the lines below; inside a block sequence just behind the `- `, otherwise to a multiple of the indentation. */
  private increaseIndent(place: Place, flow: boolean, compact: boolean = false): void {
    const { writer } = this;
    const { indent, bestIndent } = writer;
    if (indent < 0) writer.indent = flow ? bestIndent : 0;
    else if (place.item) writer.indent = indent + 2;
    else writer.indent = bestIndent * Math.floor((indent + bestIndent) / bestIndent) - (compact ? 2 : 0);
  }

  private scalar(prepared: PreparedNode, place: Place): void {
    const { writer } = this;
    const { value } = prepared.node;
    const form = prepared.formAt(this.flowLevel > 0, place.key);
    const { indent } = writer;
    this.increaseIndent(place, true);
    if (form === ScalarForm.Plain) writePlain(writer, value, !place.key);
    else if (form === ScalarForm.Single) writeSingleQuoted(writer, value, !place.key);
    else if (form === ScalarForm.Double) writeDoubleQuoted(writer, value, !place.key);
    else if (form === ScalarForm.Literal) writeLiteral(writer, value);
    else writeFoldedBlock(writer, value);
    writer.indent = indent;
  }

  private blockSequence(node: Node, place: Place): void {
    const { writer, pending } = this;
    const compact = place.mapping && (writer.column === 0 || !writer.indention) && this.compact;
    node.content.forEach((child, index) => {
      const prepared = this.meet(child, "");
      if (index === 0) this.increaseIndent(place, false, compact);
      pending.writeHead();
      writer.writeIndent();
      writer.writeIndicator("-", true, false, true);
      this.node(prepared, itemPlace, () => pending.writeLineAndFoot());
    });
    pending.take({ ...emptyComments, line: node.lineComment, foot: node.footComment });
  }

  private blockMapping(node: Node, place: Place): void {
    const { pending } = this;
    const { content } = node;
    let tail = "";
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const prepared = this.meet(key.footComment === "" ? key : { ...key, footComment: "" }, tail);
      tail = key.footComment;
      if (index === 0) this.increaseIndent(place, false);
      pending.writeHead();
      this.blockKey(prepared);
      this.blockValue(content[index + 1] as Node);
    }
    pending.take({ ...emptyComments, tail, line: node.lineComment, foot: node.footComment });
    pending.writeHead();
  }

  private blockKey(prepared: PreparedNode): void {
    const { writer, pending } = this;
    writer.writeIndent();
    pending.keepKeyLine();
    if (isSimpleKey(prepared)) {
      this.node(prepared, simpleKeyPlace, () => {});
      this.valueIndicator = () => writer.writeIndicator(":", false);
      return;
    }
    writer.writeIndicator("?", true, false, true);
    this.node(prepared, valuePlace, () => {});
    this.valueIndicator = () => {
      writer.writeIndent();
      writer.writeIndicator(":", true, false, true);
    };
  }

  private blockValue(node: Node): void {
    const { pending } = this;
    const prepared = this.meet(node, "");
    this.valueIndicator();
    if (node.kind === "scalar") pending.passKeyLine();
    else if (node.kind !== "alias" && node.style.flow !== true) pending.writeKeyLine();
    this.node(prepared, valuePlace, () => pending.writeLineAndFoot());
  }

  private valueIndicator: () => void = () => {};

  private flowSequence(node: Node, place: Place): void {
    const { writer, pending } = this;
    const { indent } = writer;
    let comma = false;
    node.content.forEach((child, index) => {
      const prepared = this.meet(child, "");
      if (index === 0) this.openFlow("[", place);
      if (comma) writer.writeIndicator(",", false);
      pending.writeHead();
      if (writer.column === 0) writer.writeIndent();
      comma = !pending.hasTrail;
      this.node(prepared, flowItemPlace, () => this.flowTrail());
    });
    pending.take({ ...emptyComments, line: node.lineComment, foot: node.footComment });
    if (node.content.length === 0) this.openFlow("[", place);
    this.flowLevel--;
    writer.indent = indent;
    if (writer.column === 0) writer.writeIndent();
    writer.writeIndicator("]", false);
    pending.writeLineAndFoot();
  }

  private openFlow(bracket: string, place: Place): void {
    this.writer.writeIndicator(bracket, true, true);
    this.increaseIndent(place, true);
    this.flowLevel++;
  }

  /** Behind a node in a flow collection: its comments, for which the comma comes first. */
  private flowTrail(): void {
    if (this.pending.hasTrail) this.writer.writeIndicator(",", false);
    this.pending.writeLineAndFoot();
  }

  private flowMapping(node: Node, place: Place): void {
    const { writer, pending } = this;
    const { content } = node;
    const { indent } = writer;
    let tail = "";
    let comma = false;
    for (let index = 0; index + 1 < content.length; index += 2) {
      const key = content[index] as Node;
      const prepared = this.meet(key.footComment === "" ? key : { ...key, footComment: "" }, tail);
      tail = key.footComment;
      if (index === 0) this.openFlow("{", place);
      if (comma) writer.writeIndicator(",", false);
      pending.writeHead();
      if (writer.column === 0) writer.writeIndent();
      comma = this.flowPair(prepared, content[index + 1] as Node);
    }
    pending.take({ ...emptyComments, tail, line: node.lineComment, foot: node.footComment });
    if (content.length === 0) this.openFlow("{", place);
    if (pending.hasClosing && comma) writer.writeIndicator(",", false);
    pending.writeHead();
    this.flowLevel--;
    writer.indent = indent;
    writer.writeIndicator("}", false);
    pending.writeLineAndFoot();
  }

  /** Writes key and value; says whether a comma is still to come. */
  private flowPair(key: PreparedNode, value: Node): boolean {
    const { writer, pending } = this;
    const simple = isSimpleKey(key);
    if (!simple) writer.writeIndicator("?", true);
    this.node(key, simple ? simpleKeyPlace : valuePlace, () => {});
    const prepared = this.meet(value, "");
    writer.writeIndicator(":", !simple);
    const comma = !pending.hasTrail;
    this.node(prepared, valuePlace, () => this.flowTrail());
    return comma;
  }
}
