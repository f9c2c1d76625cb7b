import {
  BACKSLASH,
  breakText,
  DOUBLE_QUOTE,
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  NUL,
  SINGLE_QUOTE,
} from "./chars.ts";
import { foldBreaks } from "./scan-plain-scalar.ts";
import type { Scanner } from "./scanner.ts";
import { ScalarStyle, type Token, TokenType } from "./token.ts";

const escapes: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);

const escapeLengths: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

/** Scans a scalar in single or double quotes, which may run over several lines. */
export function scanQuotedScalar(scanner: Scanner): Token {
  const token = scanner.token(TokenType.Scalar);
  const quote = scanner.peek();
  token.style = quote === SINGLE_QUOTE ? ScalarStyle.Single : ScalarStyle.Double;
  scanner.index++;
  for (;;) {
    if (scanner.atDocumentIndicator()) scanner.fail(token.line, "found unexpected document indicator");
    if (scanner.peek() === NUL) scanner.fail(token.line, "found unexpected end of stream");
    const escapedBreak = scanRun(scanner, token, quote);
    if (scanner.peek() === quote) break;
    token.value += scanWhitespace(scanner, escapedBreak);
  }
  scanner.index++;
  scanner.newlines = 0;
  return token;
}

/** Scans up to the next blank or closing quote; says whether it ended with an escaped line break. */
function scanRun(scanner: Scanner, token: Token, quote: number): boolean {
  const { text } = scanner;
  let start = scanner.index;
  for (;;) {
    const code = scanner.peek();
    const isEscape = code === BACKSLASH && quote === DOUBLE_QUOTE;
    if (code !== quote && !isEscape && !isBlankOrEnd(code)) {
      scanner.index++;
      continue;
    }
    if (scanner.index > start) {
      token.value += text.slice(start, scanner.index);
      scanner.newlines = 0;
    }
    if (isEscape) {
      scanner.newlines = 0;
      if (isBreak(scanner.peek(1))) {
        scanner.index++;
        scanner.skipBreak();
        return true;
      }
      token.value += scanEscape(scanner, token);
    } else if (code === SINGLE_QUOTE && quote === SINGLE_QUOTE && scanner.peek(1) === SINGLE_QUOTE) {
      token.value += "'";
      scanner.index += 2;
      scanner.newlines = 0;
    } else return false;
    start = scanner.index;
  }
}

/** Scans blanks and line breaks; at an escaped line break the indentation of the next line goes too. */
function scanWhitespace(scanner: Scanner, escapedBreak: boolean): string {
  const start = scanner.index;
  let breaks = "";
  for (;;) {
    const code = scanner.peek();
    if (isBlank(code)) scanner.index++;
    else if (isBreak(code)) {
      breaks += breakText(code);
      scanner.skipBreak();
    } else break;
  }
  if (escapedBreak) return breaks;
  return breaks === "" ? scanner.text.slice(start, scanner.index) : foldBreaks(breaks);
}

function scanEscape(scanner: Scanner, token: Token): string {
  const letter = scanner.text.charAt(scanner.index + 1);
  const plain = escapes.get(letter);
  if (plain !== undefined) {
    scanner.index += 2;
    return plain;
  }
  const length = escapeLengths.get(letter);
  if (length === undefined) scanner.fail(token.line, "found unknown escape character");
  let value = 0;
  scanner.index += 2;
  for (let offset = 0; offset < length; offset++) {
    const digit = hexValue(scanner.peek(offset));
    if (digit < 0) scanner.fail(token.line, "did not find expected hexdecimal number");
    value = value * 16 + digit;
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    scanner.fail(token.line, "found invalid Unicode character escape code");
  }
  scanner.index += length;
  return String.fromCodePoint(value);
}
