import type { Json } from "@eddy/core/json";
import { HelmError } from "../error.ts";

/** Finds where one JSON value in a longer text ends, as Go's `json.Decoder` does. */
export class JsonValueReader {
  /**
   * The first JSON value of `text` from `start`, and where it ends.
   * @throws HelmError (terminal) where there is none
   */
  read(text: string, start: number): { value: Json; end: number } {
    const end = endOf(text, start);
    try {
      return { value: JSON.parse(text.slice(start, end)) as Json, end };
    } catch (cause) {
      throw new HelmError(`invalid JSON value: ${JSON.stringify(text.slice(start, start + 40))}`, { cause });
    }
  }
}

function endOf(text: string, start: number): number {
  let at = start;
  while (" \t\r\n".includes(text[at] ?? "x")) at++;
  const first = text[at];
  if (first === '"') return stringEnd(text, at);
  if (first === "{" || first === "[") return nestedEnd(text, at);
  while (at < text.length && !/[\s,\]}]/.test(text[at] as string)) at++;
  return at;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function nestedEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const char = text[at] as string;
    if (char === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    at++;
    if (depth === 0) return at;
  }
  return text.length;
}
