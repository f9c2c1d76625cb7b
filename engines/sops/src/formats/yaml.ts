import { Buffer } from "node:buffer";
import { decode, encodeDocuments, makeNode, type Node, nodeOf, parseDocuments } from "@eddy/goyaml";
import { SopsError } from "../sops-error.ts";
import { Branch, type BranchItem, Comment, Timestamp, type TreeValue } from "../tree/tree.ts";
import type { Format } from "./format.ts";

/** YAML with its comments, documents one after another. Source: sops 3.13, stores/yaml. */
export const yamlFormat: Format = {
  name: "yaml",
  metadataPlace: "nested",
  parse(bytes, file) {
    const position = file === undefined ? {} : { file };
    const documents = parseDocuments(Buffer.from(bytes).toString("utf8"), position);
    // Only to refuse a key that is there twice; the first document is all that upstream looks at.
    if (documents[0]) decode(documents[0], position);
    return documents.map((document) => new Branch(readBranch(document, false, position)));
  },
  encode(branches, { indent = 4 } = {}) {
    const documents = branches.map((branch) => ({ ...makeNode("document", ""), content: [writeBranch(branch)] }));
    return Buffer.from(encodeDocuments(documents, { indent }));
  },
};

interface Position {
  file?: string;
}

function commentsOf(text: string, inline: boolean = false): Comment[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => new Comment(line.slice(1), inline));
}

/** The members of a mapping with the comments around them; `handled` when the caller has taken the node's own comments. */
function readBranch(node: Node, handled: boolean, position: Position): BranchItem[] {
  const inner = readContent(node, position);
  if (handled) return inner;
  return [...commentsOf(node.headComment), ...commentsOf(node.lineComment), ...inner, ...commentsOf(node.footComment)];
}

function readContent(node: Node, position: Position): BranchItem[] {
  switch (node.kind) {
    case "document":
      return node.content.flatMap((child) => readBranch(child, false, position));
    case "alias":
      return node.alias ? readBranch(node.alias, false, position) : [];
    case "mapping":
      return readMembers(node, position);
    case "sequence":
      throw unsupported("sequences", node, position);
    case "scalar":
      if (node.tag === "!!null") return [];
      throw unsupported("values", node, position);
  }
}

function unsupported(what: string, { line, column }: Node, position: Position): SopsError {
  return new SopsError(`read YAML: documents that are ${what} are not supported, want a mapping`, {
    code: "SOPS_MALFORMED",
    position: { ...position, line, column },
  });
}

function readMembers({ content }: Node, position: Position): BranchItem[] {
  const items: BranchItem[] = [];
  for (let index = 0; index + 1 < content.length; index += 2) {
    const [key, value] = [content[index] as Node, content[index + 1] as Node];
    const isLeaf = value.kind === "scalar" || value.kind === "alias";
    items.push(...commentsOf(key.headComment), ...commentsOf(key.lineComment));
    if (isLeaf) items.push(...commentsOf(value.headComment), ...commentsOf(value.lineComment, true));
    items.push({ key: keyOf(key, position), value: readValue(value, isLeaf, position) });
    if (isLeaf) items.push(...commentsOf(value.footComment));
    items.push(...commentsOf(key.footComment));
  }
  return items;
}

function keyOf(node: Node, position: Position): string {
  const target = node.alias ?? node;
  if (target.kind === "scalar" && typeof decode(target, position) === "string") return target.value;
  throw new SopsError(`read YAML: the key ${JSON.stringify(target.value)} is no text: only string keys are supported`, {
    code: "SOPS_MALFORMED",
    position: { ...position, line: node.line, column: node.column },
  });
}

function readValue(node: Node, handled: boolean, position: Position): TreeValue {
  switch (node.kind) {
    case "mapping":
    case "document":
      return new Branch(readBranch(node, handled, position));
    case "alias":
      return node.alias ? readValue(node.alias, false, position) : null;
    case "sequence":
      return readSequence(node, handled, position);
    case "scalar":
      return readScalar(node, position);
  }
}

function readSequence(node: Node, handled: boolean, position: Position): TreeValue[] {
  const inner = node.content.flatMap((item): TreeValue[] => [
    ...commentsOf(item.headComment),
    ...commentsOf(item.lineComment, true),
    readValue(item, true, position),
    ...commentsOf(item.footComment),
  ]);
  if (handled) return inner;
  return [...commentsOf(node.headComment), ...commentsOf(node.lineComment), ...inner, ...commentsOf(node.footComment)];
}

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;

function readScalar(node: Node, position: Position): TreeValue {
  const value = decode(node, position);
  if (node.tag === "!!timestamp" && typeof value === "string") return new Timestamp(value);
  if (typeof value === "object") return null;
  if (node.tag !== "!!int") return value;
  const integer = BigInt(value);
  if (integer >= minInt && integer <= maxInt) return integer;
  throw new SopsError(`read YAML: the number ${node.value} needs more than 64 bits with a sign`, {
    code: "SOPS_MALFORMED",
    position: { ...position, line: node.line, column: node.column },
  });
}

function writeValue(value: TreeValue): Node {
  if (value instanceof Branch) return writeBranch(value);
  if (Array.isArray(value)) return writeSequence(value);
  if (value instanceof Timestamp) return makeNode("scalar", "!!timestamp", value.text);
  if (value instanceof Comment) return nodeOf(value.text);
  if (value instanceof Uint8Array) {
    return { ...makeNode("scalar", "!!binary", Buffer.from(value).toString("base64")), style: { tagged: true } };
  }
  return nodeOf(value);
}

/** Comments wait for the node they belong to: the first ones are the collection's, the last ones hang below the last child. */
class PendingComments {
  private head: string[] = [];
  private inline: string[] = [];

  add(comment: Comment): void {
    (comment.inline ? this.inline : this.head).push(`#${comment.text}`);
  }

  headTo(node: Node): void {
    if (this.head.length === 0) return;
    node.headComment = [...this.head, ...(node.headComment === "" ? [] : [node.headComment])].join("\n");
    this.head = [];
  }

  lineTo(node: Node): void {
    if (this.inline.length > 0) node.lineComment = joined(node.lineComment, this.inline);
    this.inline = [];
  }

  restTo(collection: Node, last: Node | undefined): void {
    this.head.push(...this.inline);
    if (!last) this.headTo(collection);
    else if (this.head.length > 0) last.footComment = joined(last.footComment, this.head);
  }
}

function joined(before: string, lines: readonly string[]): string {
  return [...(before === "" ? [] : [before]), ...lines].join("\n");
}

function writeBranch({ items }: Branch): Node {
  const mapping = makeNode("mapping", "!!map");
  const pending = new PendingComments();
  for (const item of items) {
    if (item instanceof Comment) {
      pending.add(item);
      continue;
    }
    if (mapping.content.length === 0) pending.headTo(mapping);
    const key = nodeOf(item.key);
    pending.headTo(key);
    const value = writeValue(item.value);
    pending.lineTo(value);
    mapping.content.push(key, value);
  }
  pending.restTo(mapping, mapping.content.at(-2));
  return mapping;
}

function writeSequence(values: readonly TreeValue[]): Node {
  const sequence = makeNode("sequence", "!!seq");
  const pending = new PendingComments();
  for (const value of values) {
    if (value instanceof Comment) {
      pending.add(value);
      continue;
    }
    if (sequence.content.length === 0) pending.headTo(sequence);
    const item = writeValue(value);
    pending.headTo(item);
    pending.lineTo(item);
    sequence.content.push(item);
  }
  pending.restTo(sequence, sequence.content.at(-1));
  return sequence;
}
