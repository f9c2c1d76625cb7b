import { trimSpace } from "@eddy/core/trim";
import { quoteGoString } from "../fmt/quote.ts";
import { type CallContext, type FunctionTable, goFunction } from "../function.ts";
import { compareGoStrings, normalizeGoString } from "../value/go-string.ts";
import { type GoMap, type GoValue } from "../value/go-value.ts";
import { checkRepeat } from "./call-error.ts";
import { show, textOf, textsOf } from "./show.ts";
import { splitText } from "./split-text.ts";
import { abbreviate, abbreviateBoth, deleteSpace, initialsOf, substring, truncate, wrapText } from "./wrap-text.ts";

/** Takes characters of a set off both ends. Source: Go's strings.Trim. */
function trimSet(text: string, set: string): string {
  const chars = Array.from(text);
  const inSet = new Set(set.toWellFormed());
  let start = 0;
  let end = chars.length;
  // Bytes that are no text are all the same character here.
  const isInSet = (at: number): boolean => inSet.has((chars[at] as string).toWellFormed());
  while (start < end && isInSet(start)) start++;
  while (end > start && isInSet(end - 1)) end--;
  return start === 0 && end === chars.length ? text : chars.slice(start, end).join("");
}

function indent(context: CallContext, text: string, width: number): string {
  checkRepeat(width);
  context.charge(width * countOf(text, "\n"));
  const pad = " ".repeat(width);
  return pad + text.replaceAll("\n", `\n${pad}`);
}

function numbered(parts: readonly string[]): GoMap {
  const map: GoMap = {};
  for (const [index, part] of parts.entries()) map[`_${index}`] = part;
  return map;
}

function countOf(text: string, part: string): number {
  return part === "" ? text.length + 1 : text.split(part).length - 1;
}

function replaceAll(text: string, old: string, by: string): string {
  // An empty text stands between all characters, which JavaScript would count in UTF-16.
  if (old !== "") return text.split(old).join(by);
  return `${by}${Array.from(text, (char) => char + by).join("")}`;
}

function isThere(value: GoValue): boolean {
  return value !== null && value !== undefined;
}

/** A list of texts is sorted in place, as upstream does it; other lists are copied. */
function sorted(value: GoValue): string[] {
  if (!Array.isArray(value) && !(value instanceof Uint8Array)) return [textOf(value)];
  return textsOf(value).sort(compareGoStrings);
}

const trimAll = goFunction(["string", "string"], "string", (_, set, text) => trimSet(text, set));

/** Functions on texts. */
export const stringFunctions: FunctionTable = {
  hello: goFunction([], "string", () => "Hello!"),
  trim: goFunction(["string"], "string", (_, text) => trimSpace(text)),
  trimall: trimAll,
  trimAll,
  trimSuffix: goFunction(["string", "string"], "string", (_, end, text) =>
    end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text,
  ),
  trimPrefix: goFunction(["string", "string"], "string", (_, start, text) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  nospace: goFunction(["string"], "string", (_, text) => deleteSpace(text)),
  initials: goFunction(["string"], "string", (_, text) => initialsOf(text)),
  trunc: goFunction(["int", "string"], "string", (_, count, text) => truncate(text, count.toNumber())),
  substr: goFunction(["int", "int", "string"], "string", (_, start, end, text) =>
    substring(text, start.toNumber(), end.toNumber()),
  ),
  abbrev: goFunction(["int", "string"], "string", (_, width, text) => abbreviate(text, width.toNumber())),
  abbrevboth: goFunction(["int", "int", "string"], "string", (_, left, right, text) =>
    abbreviateBoth(text, left.toNumber(), right.toNumber()),
  ),
  wrap: goFunction(["int", "string"], "string", (_, width, text) =>
    wrapText(text, width.toNumber(), { lineEnd: "", cutWords: false }),
  ),
  wrapWith: goFunction(["int", "string", "string"], "string", (context, width, lineEnd, text) => {
    context.charge(text.length * (lineEnd.length + 1));
    return wrapText(text, width.toNumber(), { lineEnd, cutWords: true });
  }),
  contains: goFunction(["string", "string"], "bool", (_, part, text) => text.includes(part)),
  hasPrefix: goFunction(["string", "string"], "bool", (_, start, text) => text.startsWith(start)),
  hasSuffix: goFunction(["string", "string"], "bool", (_, end, text) => text.endsWith(end)),
  repeat: goFunction(["int", "string"], "string", (context, count, text) => {
    checkRepeat(count.toNumber());
    context.charge(count.toNumber() * text.length);
    return text === "" ? "" : text.repeat(count.toNumber());
  }),
  replace: goFunction(["string", "string", "string"], "string", (context, old, by, text) => {
    if (by.length > old.length) context.charge(countOf(text, old) * by.length);
    return replaceAll(text, old, by);
  }),
  indent: goFunction(["int", "string"], "string", (context, width, text) => indent(context, text, width.toNumber())),
  nindent: goFunction(
    ["int", "string"],
    "string",
    (context, width, text) => `\n${indent(context, text, width.toNumber())}`,
  ),
  plural: goFunction(["string", "string", "int"], "string", (_, one, many, count) =>
    count.toNumber() === 1 ? one : many,
  ),
  quote: goFunction(["...any"], "string", (_, ...values) =>
    values
      .filter(isThere)
      .map((value) => quoteGoString(textOf(value)))
      .join(" "),
  ),
  squote: goFunction(["...any"], "string", (_, ...values) =>
    values
      .filter(isThere)
      .map((value) => `'${show(value)}'`)
      .join(" "),
  ),
  cat: goFunction(["...any"], "string", (_, ...values) => values.filter(isThere).map(show).join(" ")),
  toString: goFunction(["any"], "string", (_, value) => textOf(value)),
  toStrings: goFunction(["any"], "[]string", (_, value) => textsOf(value)),
  split: goFunction(["string", "string"], "map[string]string", (_, separator, text) =>
    numbered(splitText(text, separator, -1)),
  ),
  splitList: goFunction(["string", "string"], "[]string", (_, separator, text) => splitText(text, separator, -1)),
  splitn: goFunction(["string", "int", "string"], "map[string]string", (_, separator, count, text) =>
    numbered(splitText(text, separator, count.toNumber())),
  ),
  join: goFunction(["string", "any"], "string", (context, separator, value) => {
    const texts = textsOf(value);
    context.charge(texts.length * separator.length);
    return normalizeGoString(texts.join(separator));
  }),
  sortAlpha: goFunction(["any"], "[]string", (_, value) => sorted(value)),
};
