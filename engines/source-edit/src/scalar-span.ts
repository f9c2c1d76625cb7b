import { trimRight } from "@eddy/core/trim";
import type { Node } from "@eddy/goyaml";
import type { SourceText } from "./source-text.ts";

/** Where a scalar's own text stands, and how it is written. */
export interface ScalarSpan {
  readonly start: number;
  readonly end: number;
  /** `empty`: nothing is written; `line`: the single line of a block scalar. */
  readonly form: "plain" | "single" | "double" | "line" | "empty";
}

/**
 * Finds the text of a scalar in the file it was read from: quotes belong to it, anchor and tag do not.
 * @returns the reason as text where it cannot be told, or spans several lines
 */
export function findScalar(source: SourceText, node: Node): ScalarSpan | string {
  if (node.kind === "alias") return `the value is the alias *${node.value}: change what it points to`;
  if (node.kind !== "scalar") return `the value is a ${node.kind}, want a scalar`;
  const { text } = source;
  const start = skipProperties(text, source.indexOf(node.line, node.column));
  if (node.style.block !== undefined) return blockLine(source, start, node.value);
  if (node.style.quote !== undefined) return quoted(text, start, node.style.quote);
  if (node.value === "") {
    const end = source.lineStart(start) + trimRight(text.slice(source.lineStart(start), start), " \t").length;
    return { start: end, end, form: "empty" };
  }
  if (text.startsWith(node.value, start)) return { start, end: start + node.value.length, form: "plain" };
  return "the value is written over several lines";
}

/** Behind `&anchor` and `!tag`; a plain scalar starts with neither. */
function skipProperties(text: string, from: number): number {
  let index = from;
  while (text[index] === "&" || text[index] === "!") {
    while (index < text.length && !/\s/.test(text[index] ?? "")) index++;
    const next = /^[ \t]+(?=[^\s#])/.exec(text.slice(index, index + 256));
    if (next === null) return index;
    index += next[0].length;
  }
  return index;
}

function quoted(text: string, start: number, quote: "single" | "double"): ScalarSpan | string {
  const pattern = quote === "single" ? /'(?:[^']|'')*'/y : /"(?:[^"\\]|\\[\s\S])*"/y;
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (match === null) return "the end of the quoted value was not found";
  if (/[\n\r\u0085\u2028\u2029]/.test(match[0])) return "the value is written over several lines";
  return { start, end: start + match[0].length, form: quote };
}

function blockLine(source: SourceText, start: number, value: string): ScalarSpan | string {
  const line = trimRight(value, "\n");
  if (line === "" || line.includes("\n")) return "the value is a block of several lines";
  const { text } = source;
  const from = text.indexOf(line, source.lineStop(start));
  if (from < 0) return "the value is a block of several lines";
  const end = from + line.length;
  const isWhole = text.slice(source.lineStart(from), from).trim() === "" && source.lineStop(from) === end;
  return isWhole ? { start: from, end, form: "line" } : "the value is a block of several lines";
}
