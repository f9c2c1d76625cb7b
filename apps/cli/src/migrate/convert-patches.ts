import type { Node } from "@eddy/goyaml";
import { findField, UneditableError, type Field, type FieldConversion } from "./convert-fields.ts";
import { endOfField, indentOf, isEmptyLine, shiftLine, type Lines } from "./line-editor.ts";

const strategic = "patchesStrategicMerge";
const operations = "patchesJson6902";

/**
 * `patchesStrategicMerge` and `patchesJson6902` as `patches`, in the order in which they took effect: strategic merges, patches,
 * operations. Objects and lists become texts, their lines as they are.
 * @throws UneditableError
 */
export function patchLists(holder: Node | undefined, path: string, lines: Lines): FieldConversion[] {
  const [merges, patches, jsonPatches] = [strategic, "patches", operations].map((key) => findField(holder, key, lines));
  if (!merges && !jsonPatches) return [];
  const fields = [merges, patches, jsonPatches].filter((field) => field !== undefined);
  const first = fields.reduce((left, right) => (left.start <= right.start ? left : right));
  const dash = dashOf(first, lines);
  const items = fields.flatMap((field) => {
    const own = dashOf(field, lines);
    return itemsOf(field, own, lines).flatMap((item) =>
      convertItem(field, item).map((line) => shiftLine(line, dash - own)),
    );
  });
  const head = (lines[first.start] ?? "").replace(first.key, "patches");
  const others = fields.filter((field) => field !== first);
  const edits = [
    { start: first.start, end: first.end, lines: [head, ...items] },
    ...others.map(({ start, end }) => ({ start, end, lines: [] })),
  ];
  return [merges, jsonPatches]
    .filter((field) => field !== undefined)
    .map(({ key }, index) => ({ field: `${path}.${key}`, to: `${path}.patches`, edits: index === 0 ? edits : [] }));
}

/** The column of the dashes of a field that is a block list. */
function dashOf({ key, value, start }: Field, lines: Lines): number {
  const [item] = value.content;
  const head = new RegExp(`^ *${key}:\\s*(#.*)?\\s*$`).test(lines[start] ?? "");
  if (value.kind !== "sequence" || value.style.flow || !item || !head) throw new UneditableError(key);
  const line = lines.slice(start + 1).find((each) => !isEmptyLine(each)) ?? "";
  if (!/^ *- \S/.test(line)) throw new UneditableError(key);
  return indentOf(line);
}

interface Item {
  node: Node;
  /** Comments and empty lines in front of it. */
  before: readonly string[];
  lines: readonly string[];
}

function itemsOf({ key, value, start, end }: Field, dash: number, lines: Lines): Item[] {
  let at = start + 1;
  return value.content.map((node, index) => {
    let first = at;
    while (first < end && isEmptyLine(lines[first] ?? "")) first++;
    const next = value.content[index + 1];
    let last = next === undefined ? end : first + 1;
    if (next !== undefined) while (last < end && !isDash(lines[last] ?? "", dash)) last++;
    const stands =
      isDash(lines[first] ?? "", dash) && node.kind !== "alias" && node.anchor === "" && !node.style.tagged;
    if (!stands) throw new UneditableError(key);
    // Comments between two items are about the second.
    if (next !== undefined) while (last > first + 1 && isCommentAt(lines[last - 1] ?? "", dash)) last--;
    const item = { node, before: lines.slice(at, first), lines: lines.slice(first, last) };
    at = last;
    return item;
  });
}

function isDash(line: string, dash: number): boolean {
  return indentOf(line) === dash && /^ *- +\S/.test(line);
}

function isCommentAt(line: string, dash: number): boolean {
  return isEmptyLine(line) && (line.trim() === "" || indentOf(line) <= dash);
}

function convertItem(field: Field, item: Item): string[] {
  if (field.key === strategic) return [...item.before, ...mergeItem(item)];
  return [...item.before, ...(field.key === operations ? operationsItem(item) : item.lines)];
}

/** `- <patch>` as `- patch: <text>`. */
function mergeItem({ node, lines }: Item): string[] {
  const [first = "", ...rest] = lines;
  const [, margin = "", text = ""] = /^( *)- +(.*)$/s.exec(first) ?? [];
  const inner = rest.map((line) => shiftLine(line, 2));
  if (node.kind === "scalar") return [`${margin}- patch: ${text}`, ...inner];
  const column = first.length - text.length;
  // Within a text, tabs and tags are text, and so is a comment.
  return [`${margin}- patch: |${lineEnd(first)}`, `${" ".repeat(column + 2)}${text}`, ...inner];
}

/** An item whose `patch` is a list of operations, with the list as a text. */
function operationsItem({ node, lines }: Item): string[] {
  const place = patchOf(node, lines);
  if (!place) return [...lines];
  const { at, column } = place;
  const line = lines[at] ?? "";
  const end = endWithin(lines, at, column);
  const [, head = "", text = ""] = /^(.*?patch:)[ \t]*(.*)$/s.exec(line) ?? [];
  const body = lines.slice(at + 1, end).map((each) => shiftLine(each, 2));
  const isBelow = /^(#.*)?\s*$/.test(text);
  const top = isBelow
    ? [`${head} |${text.trim() === "" ? lineEnd(line) : ` ${text}`}`]
    : [`${head} |${lineEnd(line)}`, `${" ".repeat(column + 2)}${text}`];
  return [...lines.slice(0, at), ...top, ...body, ...lines.slice(end)];
}

/** The line of the item's `patch:` and the key's column; undefined for one that is text already. */
function patchOf(node: Node, lines: readonly string[]): { at: number; column: number } | undefined {
  const index = node.content.findIndex((each, place) => place % 2 === 0 && each.value === "patch");
  const [key, value] = [node.content[index], node.content[index + 1]];
  if (node.kind !== "mapping" || node.style.flow || !key || !value) throw new UneditableError(operations);
  if (value.kind === "scalar") return undefined;
  if (value.kind !== "sequence" || value.anchor !== "") throw new UneditableError(operations);
  const at = key.line - (node.content[0]?.line ?? key.line);
  const line = lines[at] ?? "";
  if (!line.slice(key.column - 1).startsWith("patch:")) throw new UneditableError(operations);
  return { at, column: key.column - 1 };
}

function endWithin(lines: readonly string[], at: number, column: number): number {
  const padded = [...lines];
  // A key on the dash's line stands further right than the line starts.
  padded[at] = " ".repeat(column) + (lines[at] ?? "").slice(column);
  return endOfField(padded, at, column);
}

function lineEnd(line: string): string {
  return /\r?\n$/.exec(line)?.[0] ?? "\n";
}
