import {
  breakText,
  DASH,
  HASH,
  isBlank,
  isBreak,
  isBreakOrEnd,
  isDigit,
  NUL,
  PLUS,
  SPACE,
  TAB,
  ZERO,
} from "./chars.ts";
import { scanLineComment } from "./scan-comments.ts";
import type { Scanner } from "./scanner.ts";
import { ScalarStyle, type Token, TokenType } from "./token.ts";

interface Header {
  /** Keep all trailing line breaks (1), one (0) or none (-1). */
  chomping: -1 | 0 | 1;
  /** Indentation given in the text, or 0. */
  increment: number;
}

/** Scans `|` and `>` scalars: header, comment behind it, indented lines, and the line breaks that follow. */
export function scanBlockScalar(scanner: Scanner, literal: boolean): Token {
  const token = scanner.token(TokenType.Scalar);
  token.style = literal ? ScalarStyle.Literal : ScalarStyle.Folded;
  const header = scanHeader(scanner, token);
  skipRestOfLine(scanner, token);
  const outer = scanner.indents.current;
  const given = header.increment > 0 ? Math.max(outer, 0) + header.increment : 0;
  const opening = scanBreaks(scanner, token, given);
  const indent = given > 0 ? given : Math.max(opening.column, outer + 1, 1);
  token.value = scanLines(scanner, token, indent, opening.breaks, header.chomping);
  return token;
}

function scanHeader(scanner: Scanner, token: Token): Header {
  const header: Header = { chomping: 0, increment: 0 };
  scanner.index++;
  if (!scanChomping(scanner, header)) {
    scanIncrement(scanner, token, header);
    scanChomping(scanner, header);
  } else scanIncrement(scanner, token, header);
  return header;
}

function scanChomping(scanner: Scanner, header: Header): boolean {
  const code = scanner.peek();
  if (code !== PLUS && code !== DASH) return false;
  header.chomping = code === PLUS ? 1 : -1;
  scanner.index++;
  return true;
}

function scanIncrement(scanner: Scanner, token: Token, header: Header): void {
  const code = scanner.peek();
  if (!isDigit(code)) return;
  if (code === ZERO) scanner.fail(token.line, "found an indentation indicator equal to 0");
  header.increment = code - ZERO;
  scanner.index++;
}

function skipRestOfLine(scanner: Scanner, token: Token): void {
  scanner.skipBlanks();
  if (scanner.peek() === HASH) {
    if (scanner.dialect.comments) scanLineComment(scanner, token.index);
    while (!isBreakOrEnd(scanner.peek())) scanner.index++;
  }
  if (!isBreakOrEnd(scanner.peek())) scanner.fail(token.line, "did not find expected comment or line break");
  if (isBreak(scanner.peek())) scanner.skipBreak();
}

/** Takes empty lines and the indentation of the next one; `column` is the deepest indentation seen. */
function scanBreaks(scanner: Scanner, token: Token, indent: number): { breaks: string; column: number } {
  const limit = indent === 0 ? Infinity : indent;
  let breaks = "";
  let column = 0;
  for (;;) {
    while (scanner.column < limit && scanner.peek() === SPACE) scanner.index++;
    column = Math.max(column, scanner.column);
    if (scanner.column < limit && scanner.peek() === TAB) {
      scanner.fail(token.line, "found a tab character where an indentation space is expected");
    }
    if (!isBreak(scanner.peek())) return { breaks, column };
    breaks += breakText(scanner.peek());
    scanner.skipBreak();
  }
}

function scanLines(scanner: Scanner, token: Token, indent: number, opening: string, chomping: -1 | 0 | 1): string {
  const { text } = scanner;
  const literal = token.style === ScalarStyle.Literal;
  let value = "";
  let lineBreak = "";
  let breaks = opening;
  let afterBlank = false;
  while (scanner.column === indent && scanner.peek() !== NUL) {
    const blank = isBlank(scanner.peek());
    if (!literal && !afterBlank && !blank && lineBreak === "\n") value += breaks === "" ? " " : breaks;
    else value += lineBreak + breaks;
    afterBlank = blank;
    const start = scanner.index;
    let end = start;
    while (!isBreakOrEnd(text.charCodeAt(end))) end++;
    value += text.slice(start, end);
    if (hasText(text, start, end)) scanner.newlines = 0;
    scanner.index = end;
    lineBreak = "";
    if (isBreak(scanner.peek())) {
      lineBreak = breakText(scanner.peek());
      scanner.skipBreak();
    }
    breaks = scanBreaks(scanner, token, indent).breaks;
  }
  if (chomping !== -1) value += lineBreak;
  if (chomping === 1) value += breaks;
  return value;
}

function hasText(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (!isBlank(text.charCodeAt(index))) return true;
  return false;
}
