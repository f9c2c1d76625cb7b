import { quoteGoString } from "../fmt/quote.ts";

/** What a piece of a template is; the names of keywords are their texts. */
export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "comment"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | Keyword;

/** Words with a meaning inside an action, and the dot. */
export type Keyword =
  | "."
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "nil"
  | "template"
  | "with";

const keywords: ReadonlySet<string> = new Set<Keyword>([
  ".",
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "nil",
  "template",
  "with",
]);

/** Whether a word is a keyword. */
export function isKeyword(word: string): word is Keyword {
  return keywords.has(word);
}

/** One piece of a template; `at` is its index in the text, `line` counts from 1. */
export interface Token {
  readonly kind: TokenKind;
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

/** A token as Go's parser names it in `unexpected …`. */
export function describeToken({ kind, text }: Token): string {
  if (kind === "eof") return "EOF";
  if (kind === "error") return text;
  if (isKeyword(kind)) return `<${text}>`;
  const characters = Array.from(text);
  const bytesBeyondTen = text.length > 10 || new TextEncoder().encode(text).length > 10;
  return bytesBeyondTen ? `${quoteGoString(characters.slice(0, 10).join(""))}...` : quoteGoString(text);
}
