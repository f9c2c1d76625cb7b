import type { Node } from "@eddy/goyaml";
import { findScalar } from "./scalar-span.ts";
import type { SourceText, TextEdit } from "./source-text.ts";
import { writeScalar } from "./write-scalar.ts";

/** A change of a mapping's text, and the place of its key among the mapping's nodes. */
export interface FieldPlace extends TextEdit {
  readonly at: number;
}

/** New fields, by key. */
export type NewFields = readonly (readonly [key: string, value: string])[];

/** What a new field holds: a text, fields of its own, or a list of one map. */
export type NewValue = string | NewFields | { readonly item: NewFields };

/** A new field behind the last one that ends on a line of its own; the reason as text where none does. */
export function insertField(source: SourceText, mapping: Node, key: string, value: NewValue): FieldPlace | string {
  const inFlow = mapping.style.flow === true;
  const behind = lastPlainEnd(source, mapping);
  if (behind === undefined) {
    if (!inFlow || mapping.content.length > 0) return "there is no line behind which a field could be added";
    const open = source.text.indexOf("{", source.indexOf(mapping.line, mapping.column)) + 1;
    const text = flowField(key, value);
    return text === undefined ? unwritable(key) : { start: open, end: open, text, at: 0 };
  }
  const { at, end, column } = behind;
  if (inFlow) {
    const text = flowField(key, value);
    return text === undefined ? unwritable(key) : { start: end, end, text: `, ${text}`, at };
  }
  const stop = source.lineStop(end);
  const text = blockField(source, key, value, column - 1);
  return text === undefined ? unwritable(key) : { start: stop, end: stop, text: source.lineEnd + text, at };
}

function unwritable(key: string): string {
  return `the field ${JSON.stringify(key)} cannot be written here`;
}

/** Behind which field, where its text ends, and the column of the mapping's keys. */
function lastPlainEnd(source: SourceText, mapping: Node): { at: number; end: number; column: number } | undefined {
  const { content } = mapping;
  for (let index = content.length - 2; index >= 0; index -= 2) {
    const [key, value] = [content[index], content[index + 1]];
    if (key === undefined || value === undefined || key.line === 0) continue;
    const end = endOf(source, value);
    if (end === undefined) continue;
    let at = index + 2;
    // New fields keep their order: behind those that were added here before.
    while (content[at]?.line === 0) at += 2;
    return { at, end, column: key.column };
  }
  return undefined;
}

function flowField(key: string, value: NewValue): string | undefined {
  const name = writeScalar(key, "plain", true);
  const text = flowValue(value);
  return name === undefined || text === undefined ? undefined : `${name}: ${text}`;
}

function flowValue(value: NewValue): string | undefined {
  if (typeof value === "string") return writeScalar(value, "plain", true);
  if ("item" in value) return joined([flowValue(value.item)], "", "[", "]");
  return joined(
    value.map(([key, text]) => flowField(key, text)),
    ", ",
    "{",
    "}",
  );
}

function blockField(source: SourceText, key: string, value: NewValue, indent: number): string | undefined {
  const name = writeScalar(key, "plain", false);
  if (name === undefined) return undefined;
  const margin = " ".repeat(indent);
  if (typeof value === "string") {
    const text = writeScalar(value, "plain", false);
    return text === undefined ? undefined : `${margin}${name}: ${text}`;
  }
  const head = `${margin}${name}:${source.lineEnd}`;
  if ("item" in value) return joined([blockItem(source, value.item, indent, 2)], "", head, "");
  const step = indentStep(source);
  return joined(
    value.map(([inner, text]) => blockField(source, inner, text, indent + step)),
    source.lineEnd,
    head,
    "",
  );
}

/** `- key: value` and the lines of the other fields below it. */
function blockItem(source: SourceText, fields: NewFields, indent: number, step: number): string | undefined {
  const lines = fields.map(([key, value], index) => {
    const line = blockField(source, key, value, indent + step);
    return index === 0 ? line?.replace(/^ */, `${" ".repeat(indent)}-${" ".repeat(step - 1)}`) : line;
  });
  return joined(lines, source.lineEnd, "", "");
}

/** A new map at the end of a list; the reason as text where that cannot be done. */
export function insertItem(source: SourceText, list: Node, fields: NewFields): FieldPlace | string {
  const at = list.content.length;
  const last = list.content.at(-1);
  if (last === undefined) {
    const open = source.text.indexOf("[", source.indexOf(list.line, list.column)) + 1;
    const text = flowValue(fields);
    return text === undefined ? unwritable("item") : { start: open, end: open, text, at };
  }
  const end = endOf(source, last);
  if (list.style.flow === true || end === undefined) return "it is not clear where the list ends";
  const stop = source.lineStop(end);
  const step = Math.max(2, last.column - list.column);
  const text = blockItem(source, fields, list.column - 1, step);
  return text === undefined ? unwritable("item") : { start: stop, end: stop, text: source.lineEnd + text, at };
}

function joined(parts: readonly (string | undefined)[], by: string, before: string, after: string): string | undefined {
  return parts.includes(undefined) ? undefined : before + parts.join(by) + after;
}

/** By how much the file indents a map in a map. */
function indentStep({ text }: SourceText): number {
  const match = /^( *)[^\s#-][^\n]*:[ \t]*\r?\n( +)[^\s#-]/m.exec(text);
  const step = (match?.[2]?.length ?? 0) - (match?.[1]?.length ?? 0);
  return step > 0 ? step : 2;
}

/** Takes a field's lines out of a mapping; the reason as text where more than it would go. */
export function removeFieldText(source: SourceText, mapping: Node, name: string): FieldPlace | string {
  const { content } = mapping;
  const at = content.findIndex((node, index) => index % 2 === 0 && node.value === name);
  const [key, value, next] = [content[at], content[at + 1], content[at + 2]];
  if (key === undefined || value === undefined || key.line === 0) return "the field is not there";
  const end = endOf(source, value);
  if (end === undefined) return "it is not clear where the field ends";
  const start = source.indexOf(key.line, key.column);
  if (mapping.style.flow === true) return removeFromFlow(source, mapping, at, start, end);
  if (source.text.slice(source.lineStart(start), start).trim() === "") return removeLines(source, start, end, at);
  if (next === undefined) return "it is the only field of its map";
  const nextStart = source.indexOf(next.line, next.column);
  const between = source.text.slice(source.lineStop(end), nextStart);
  return between.trim() === "" ? { start, end: nextStart, text: "", at } : "a comment stands behind it";
}

function removeLines(source: SourceText, start: number, end: number, at: number): FieldPlace {
  const from = source.lineStart(start);
  const stop = source.lineStop(end);
  const lineBreak = /^(?:\r\n|[\n\r\u0085\u2028\u2029])/.exec(source.text.slice(stop, stop + 2))?.[0] ?? "";
  if (lineBreak !== "" || from === 0) return { start: from, end: stop + lineBreak.length, text: "", at };
  const before = /\r\n$|[\s\S]$/.exec(source.text.slice(Math.max(0, from - 2), from))?.[0] ?? "";
  return { start: from - before.length, end: stop, text: "", at };
}

function removeFromFlow(
  source: SourceText,
  mapping: Node,
  at: number,
  start: number,
  end: number,
): FieldPlace | string {
  const next = mapping.content[at + 2];
  if (next !== undefined) return { start, end: source.indexOf(next.line, next.column), text: "", at };
  const before = mapping.content[at - 1];
  const from = before === undefined ? start : endOf(source, before);
  return from === undefined ? "it is not clear where the field begins" : { start: from, end, text: "", at };
}

function endOf(source: SourceText, node: Node): number | undefined {
  if (node.kind === "scalar") {
    const span = findScalar(source, node);
    return typeof span === "string" ? undefined : span.end;
  }
  const last = node.content.at(-1);
  if (node.style.flow === true || last === undefined || last.line === 0) return undefined;
  return endOf(source, last);
}
