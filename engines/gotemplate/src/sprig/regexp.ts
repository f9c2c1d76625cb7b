import { messageOf } from "@eddy/core/errors";
import { type Matcher, RE2JS } from "re2js";
import { CallError } from "./call-error.ts";

/** Expressions longer than this are refused: their program would take more memory than a template is worth. */
const maxExpressionLength = 100_000;
const maxKept = 1_000;
const compiled = new Map<string, RE2JS>();

/**
 * A regular expression in Go's syntax, which matches in linear time whatever it is.
 * @throws CallError with Go's words
 */
export function compileExpression(expression: string): RE2JS {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  if (expression.length > maxExpressionLength) {
    throw new CallError(`error parsing regexp: expression too large: ${expression.length} characters`);
  }
  if (compiled.size >= maxKept) compiled.clear();
  const made = compile(expression);
  compiled.set(expression, made);
  return made;
}

function compile(expression: string): RE2JS {
  if (!expression.isWellFormed()) {
    const first = expression.search(/[\udc80-\udcff]/u);
    throw new CallError(`error parsing regexp: invalid UTF-8: \`${expression.slice(first)}\``);
  }
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    const message = messageOf(error);
    throw new CallError(message.endsWith("trailing backslash at end of expression") ? `${message}: \`\`` : message);
  }
}

/** How long the character at a place is in UTF-16. */
function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Start and end of matches: all with a negative limit. Source: Go's Regexp.FindAllStringIndex. */
export function findAll(expression: RE2JS, text: string, limit: number): [start: number, end: number][] {
  const found: [number, number][] = [];
  const matcher = expression.matcher(text);
  let previousEnd = -1;
  for (let at = 0; at <= text.length && found.length !== limit && matcher.find(at);) {
    const [start, end] = [matcher.start(), matcher.end()];
    // No empty match right behind another one.
    const isAccepted = end !== at || start !== previousEnd;
    at = end === at ? at + widthAt(text, at) : end;
    previousEnd = end;
    if (isAccepted) found.push([start, end]);
  }
  return found;
}

/** Every match as `replace` writes it. Source: Go's Regexp.ReplaceAllString. */
export function replaceAll(expression: RE2JS, text: string, replace: (matcher: Matcher) => string): string {
  const matcher = expression.matcher(text);
  let out = "";
  let written = 0;
  for (let at = 0; at <= text.length && matcher.find(at);) {
    const [start, end] = [matcher.start(), matcher.end()];
    out += text.slice(written, start);
    if (end > written || start === 0) out += replace(matcher);
    written = end;
    at = Math.max(at + (at < text.length ? widthAt(text, at) : 1), end);
  }
  return out + text.slice(written);
}

/** Texts between matches, so many at most. Source: Go's Regexp.Split. */
export function splitByExpression(expression: RE2JS, pattern: string, text: string, limit: number): string[] | null {
  if (limit === 0) return null;
  if (pattern !== "" && text === "") return [""];
  const parts: string[] = [];
  let start = 0;
  let end = 0;
  for (const match of findAll(expression, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = match[0];
    if (match[1] !== 0) parts.push(text.slice(start, end));
    start = match[1];
  }
  if (end !== text.length) parts.push(text.slice(start));
  return parts;
}

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/** `$1`, `${1}`, `$name`, `$$` in a replacement; `$1x` names the group `1x`. Source: Go's Regexp.Expand. */
export function expandReplacement(replacement: string, matcher: Matcher): string {
  return replacement.replace(reference, (_whole: string, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return name === undefined ? "$" : groupOf(matcher, name);
  });
}

function groupOf(matcher: Matcher, name: string): string {
  if (/^(?:0|[1-9][0-9]{0,8})$/.test(name)) {
    const number = Number(name);
    return number <= matcher.groupCount() ? (matcher.group(number) ?? "") : "";
  }
  return Object.hasOwn(matcher.namedGroups, name) ? (matcher.group(matcher.namedGroups[name] as number) ?? "") : "";
}
