import {
  ASTERISK,
  AT,
  BACKTICK,
  BANG,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  GREATER,
  hexValue,
  isBlankOrEnd,
  isWord,
  LESS,
  PERCENT,
  QUESTION,
} from "./chars.ts";
import type { Scanner } from "./scanner.ts";
import { type Token, TokenType } from "./token.ts";

const behindAnchor: ReadonlySet<number> = new Set([
  QUESTION,
  COLON,
  COMMA,
  CLOSE_BRACKET,
  CLOSE_BRACE,
  PERCENT,
  AT,
  BACKTICK,
]);
const uriChars: ReadonlySet<number> = new Set(Array.from(";/?:@&=+$,.!~*'()[]%", (char) => char.charCodeAt(0)));

/** Scans `&name` or `*name`. */
export function scanAnchor(scanner: Scanner): Token {
  const token = scanner.token(scanner.peek() === ASTERISK ? TokenType.Alias : TokenType.Anchor);
  scanner.index++;
  token.value = takeWord(scanner);
  const code = scanner.peek();
  if (token.value === "" || !(isBlankOrEnd(code) || behindAnchor.has(code))) {
    scanner.fail(token.line, "did not find expected alphabetic or numeric character");
  }
  return token;
}

/** Scans `!suffix`, `!handle!suffix` or `!<uri>`. */
export function scanTag(scanner: Scanner): Token {
  const token = scanner.token(TokenType.Tag);
  if (scanner.peek(1) === LESS) {
    scanner.index += 2;
    token.suffix = scanTagUri(scanner, token.line, "");
    if (scanner.peek() !== GREATER) scanner.fail(token.line, "did not find the expected '>'");
    scanner.index++;
  } else scanShorthand(scanner, token);
  if (!isBlankOrEnd(scanner.peek())) scanner.fail(token.line, "did not find expected whitespace or line break");
  return token;
}

function scanShorthand(scanner: Scanner, token: Token): void {
  const handle = scanTagHandle(scanner, token.line, false);
  if (handle.length > 1 && handle.endsWith("!")) {
    token.value = handle;
    token.suffix = scanTagUri(scanner, token.line, "");
    return;
  }
  token.suffix = scanTagUri(scanner, token.line, handle);
  token.value = "!";
  if (token.suffix === "") {
    token.value = "";
    token.suffix = handle;
  }
}

/** Scans `!`, `!name` or `!name!`; a directive takes no `!name`. */
export function scanTagHandle(scanner: Scanner, line: number, isDirective: boolean): string {
  if (scanner.peek() !== BANG) scanner.fail(line, "did not find expected '!'");
  scanner.index++;
  const name = takeWord(scanner);
  if (scanner.peek() === BANG) {
    scanner.index++;
    return `!${name}!`;
  }
  if (isDirective && name !== "") scanner.fail(line, "did not find expected '!'");
  return `!${name}`;
}

/** Scans the characters of a tag, of which the first ones were taken as a handle. */
export function scanTagUri(scanner: Scanner, line: number, handle: string): string {
  let uri = handle.slice(1);
  let found = handle !== "";
  for (;;) {
    const code = scanner.peek();
    if (!isWord(code) && !uriChars.has(code)) break;
    found = true;
    if (code === PERCENT) uri += scanUriEscape(scanner, line);
    else {
      uri += String.fromCharCode(code);
      scanner.index++;
    }
  }
  if (!found) scanner.fail(line, "did not find expected tag URI");
  return uri;
}

function scanUriEscape(scanner: Scanner, line: number): string {
  const bytes: number[] = [];
  let width = 1;
  while (bytes.length < width) {
    const high = hexValue(scanner.peek(1));
    const low = hexValue(scanner.peek(2));
    if (scanner.peek() !== PERCENT || high < 0 || low < 0) scanner.fail(line, "did not find URI escaped octet");
    const octet = high * 16 + low;
    if (bytes.length === 0) {
      width = utf8Width(octet);
      if (width === 0) scanner.fail(line, "found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xc0) !== 0x80) scanner.fail(line, "found an incorrect trailing UTF-8 octet");
    bytes.push(octet);
    scanner.index += 3;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function utf8Width(octet: number): number {
  if (octet < 0x80) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
}

function takeWord(scanner: Scanner): string {
  const start = scanner.index;
  while (isWord(scanner.peek())) scanner.index++;
  return scanner.text.slice(start, scanner.index);
}
