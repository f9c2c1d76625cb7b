import { makeNode, type Node, parseDocuments } from "@eddy/goyaml";
import { commentLines, sameDocuments } from "./compare-nodes.ts";
import type { EditRefusal, ObjectIdentifier, ScalarChange } from "./edit-plan.ts";
import { insertField, insertItem, type NewFields, type NewValue, removeFieldText } from "./field-lines.ts";
import { findScalar } from "./scalar-span.ts";
import { applyTextEdits, type TextEdit } from "./source-text.ts";
import { writeScalar } from "./write-scalar.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Where a change is, for messages. */
export interface EditPlace {
  readonly object: ObjectIdentifier;
  readonly field: string;
  readonly setter?: string;
}

/** What came of one file. */
export interface EditedFile {
  /** Absent when nothing changes. */
  readonly bytes?: Uint8Array;
  readonly changes: readonly ScalarChange[];
  readonly refusals: readonly EditRefusal[];
}

/**
 * Collects the changes of one file. Each is made in the text, and in the nodes that were read from it; at the end the new text is
 * read again and must say exactly what the nodes say, else nothing of the file changes.
 */
export class FileEditor {
  readonly file: YamlFile;
  private readonly edits: TextEdit[] = [];
  private readonly changes: ScalarChange[] = [];
  private readonly refusals: EditRefusal[] = [];
  private readonly touched = new Set<Node>();
  /** What scalars are to say. The nodes say what they were read as until the end: their places in the text are found by that. */
  private readonly wanted = new Map<Node, string>();
  private commentsMayMove = false;

  constructor(file: YamlFile) {
    this.file = file;
  }

  /** Gives a scalar another text; does nothing when it has it. */
  setScalar(node: Node, value: string, place: EditPlace, options: { inFlow?: boolean } = {}): void {
    const current = this.wanted.get(node) ?? (node.tag === "!!null" ? undefined : node.value);
    if (node.kind === "scalar" && current === value) return;
    if (this.wanted.has(node)) return this.refuse(node, place, "another change sets the same field to something else");
    const span = findScalar(this.file.source, node);
    if (typeof span === "string") return this.refuse(node, place, span);
    const text = writeScalar(value, span.form, options.inFlow === true);
    if (text === undefined) return this.refuse(node, place, `${JSON.stringify(value)} cannot be written here`);
    const before = this.file.source.text[span.start - 1] ?? " ";
    const gap = span.form === "empty" && !/\s/.test(before) ? " " : "";
    this.edits.push({ start: span.start, end: span.end, text: gap + text });
    this.record(node, place, node.value, value);
    this.wanted.set(node, value);
  }

  /** Adds `key: value` to a mapping, behind its last field of which the end is clear. */
  addField(mapping: Node, key: string, value: string, place: EditPlace): void {
    if (this.insert(mapping, key, value, this.textNode(value), place)) this.record(mapping, place, undefined, value);
  }

  /** Adds `key:` with a mapping of new fields below it. */
  addMapping(mapping: Node, key: string, fields: NewFields, place: EditPlace): void {
    if (this.insert(mapping, key, fields, this.mappingNode(fields), place)) this.recordFields(mapping, fields, place);
  }

  /** Adds `key:` with a list of one map. */
  addList(mapping: Node, key: string, fields: NewFields, place: EditPlace): void {
    const list = makeNode("sequence", "!!seq");
    list.content = [this.mappingNode(fields)];
    this.touched.add(list);
    if (this.insert(mapping, key, { item: fields }, list, place)) this.recordFields(mapping, fields, place);
  }

  /** Adds a map at the end of a list. */
  addItem(list: Node, fields: NewFields, place: EditPlace): void {
    const edit = insertItem(this.file.source, list, fields);
    if (typeof edit === "string") return this.refuse(list, place, edit);
    this.add(edit);
    list.content.splice(edit.at, 0, this.mappingNode(fields));
    this.recordFields(list, fields, place);
  }

  private insert(mapping: Node, key: string, value: NewValue, node: Node, place: EditPlace): boolean {
    const edit = insertField(this.file.source, mapping, key, value);
    if (typeof edit === "string") {
      this.refuse(mapping, place, edit);
      return false;
    }
    this.add(edit);
    mapping.content.splice(edit.at, 0, this.textNode(key), node);
    return true;
  }

  private recordFields(node: Node, fields: NewFields, place: EditPlace): void {
    for (const [name, value] of fields) this.record(node, within(place, name), undefined, value);
  }

  private add(edit: TextEdit): void {
    this.edits.push(edit);
    this.commentsMayMove = true;
  }

  /** Takes a field with a scalar, or with what `insertField` made, out of a mapping. */
  removeField(mapping: Node, key: string, place: EditPlace, oldValue: string): void {
    const edit = removeFieldText(this.file.source, mapping, key);
    if (typeof edit === "string") return this.refuse(mapping, place, edit);
    this.add(edit);
    this.record(mapping.content[edit.at] ?? mapping, place, oldValue, undefined);
    const removed = mapping.content.splice(edit.at, 2);
    const text = this.file.source.text.slice(edit.start, edit.end);
    // Comments above and below the field stay where they are; they only hang on something else.
    const kept = removed.flatMap(commentLines).filter((line) => !text.includes(line));
    if (kept.length > 0) mapping.headComment += `\n${kept.join("\n")}`;
  }

  /** Notes that a change cannot be made. */
  refuse(node: Node, { field }: Pick<EditPlace, "field">, reason: string): void {
    this.refusals.push({ file: this.file.path, line: node.line, field, reason });
  }

  /** The new text, proven. */
  finish(): EditedFile {
    if (this.edits.length === 0) return { changes: [], refusals: this.refusals };
    for (const [node, value] of this.wanted) {
      node.value = node.style.block === undefined ? value : node.value.replace(/^[^\n]*/, () => value);
      this.touched.add(node);
    }
    try {
      const text = applyTextEdits(this.file.source.text, this.edits);
      const read = parseDocuments(text, { file: this.file.path });
      const options = { touched: this.touched, commentsMayMove: this.commentsMayMove };
      if (sameDocuments(this.file.documents, read, options))
        return { bytes: new TextEncoder().encode(text), changes: this.changes, refusals: this.refusals };
    } catch {
      // Neither text nor nodes can be trusted then.
    }
    const undone = this.changes.map(({ line, field }) => ({
      file: this.file.path,
      line,
      field,
      reason: "the file would not read as wanted after the change",
    }));
    return { changes: [], refusals: [...this.refusals, ...undone] };
  }

  private record(node: Node, place: EditPlace, oldValue: string | undefined, newValue: string | undefined): void {
    const { line, column } = node;
    this.changes.push({ file: this.file.path, line, column, ...place, oldValue, newValue });
  }

  private textNode(value: string): Node {
    const node = makeNode("scalar", "!!str", value);
    this.touched.add(node);
    return node;
  }

  private mappingNode(fields: NewFields): Node {
    const node = makeNode("mapping", "!!map");
    this.touched.add(node);
    node.content = fields.flatMap(([key, value]) => [this.textNode(key), this.textNode(value)]);
    return node;
  }
}

function within(place: EditPlace, key: string): EditPlace {
  return { ...place, field: `${place.field}[${JSON.stringify(key)}]` };
}
