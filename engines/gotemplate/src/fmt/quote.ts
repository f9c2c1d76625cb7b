/** Go's strconv: quoting and unquoting of strings and characters. */
import { decodeGoString, encodeGoString } from "../value/go-string.ts";

const named: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};
const plain = /^[ !#-[\]-~]*$/;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(char: string): boolean {
  return printable.test(char);
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

function escapeCharacter(char: string, quote: string, asciiOnly: boolean): string {
  if (char === quote) return `\\${quote}`;
  const known = named[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) as number;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code & 0xff, 2)}`;
  if (code < 0x80 ? code >= 0x20 && code < 0x7f : !asciiOnly && isPrintable(char)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/** strconv.Quote: `%q` of a string; `asciiOnly` is `%+q`. */
export function quoteGoString(text: string, asciiOnly = false): string {
  if (plain.test(text)) return `"${text}"`;
  return `"${Array.from(text, (char) => escapeCharacter(char, '"', asciiOnly)).join("")}"`;
}

/** strconv.QuoteRune: `%q` of an integer. */
export function quoteCharacter(code: number, asciiOnly = false): string {
  const isValid = code >= 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff);
  return `'${escapeCharacter(String.fromCodePoint(isValid ? code : 0xfffd), "'", asciiOnly)}'`;
}

/** Whether `%#q` may use back quotes: one line, no control character, no back quote, valid UTF-8, no byte order mark. */
export function canBackquote(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.isWellFormed() && !/[\u0000-\u0008\u000a-\u001f\u007f`\ufeff]/.test(text);
}

/** `U+0041`, with `withCharacter` also ` 'A'` where it can be printed: `%U` and `%#U`. */
export function formatUnicode(char: string, withCharacter: boolean): string {
  const code = char.codePointAt(0) as number;
  const isEscape = code >= 0xd800 && code <= 0xdfff;
  const shown = isEscape ? "\ufffd" : char;
  const name = `U+${(isEscape ? 0xfffd : code).toString(16).toUpperCase().padStart(4, "0")}`;
  return withCharacter && isPrintable(shown) ? `${name} '${shown}'` : name;
}

/** strconv.Unquote of a double quoted, back quoted or single quoted literal; undefined where it is none. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0];
  const body = literal.slice(1, -1);
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined;
  if (quote === "`") return body.includes("`") ? undefined : body.replaceAll("\r", "");
  if (quote !== '"' || body.includes("\n")) return undefined;
  if (!body.includes("\\")) return body.includes('"') ? undefined : body;
  return unquoteBody(body);
}

function unquoteBody(body: string): string | undefined {
  const bytes: Uint8Array[] = [];
  for (let rest = body; rest !== "";) {
    const next = unquoteCharacter(rest, '"');
    if (next === undefined) return undefined;
    bytes.push(next.isByte ? Uint8Array.of(next.code) : encodeGoString(String.fromCodePoint(next.code)));
    rest = rest.slice(next.length);
  }
  return decodeGoString(concat(bytes));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const simpleEscapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** strconv.UnquoteChar: the first character of a literal's body, how long its spelling is, and whether it is a raw byte. */
export function unquoteCharacter(
  text: string,
  quote: string,
): { code: number; length: number; isByte: boolean } | undefined {
  const code = text.codePointAt(0);
  if (code === undefined || text[0] === quote) return undefined;
  if (text[0] !== "\\") return { code, length: code > 0xffff ? 2 : 1, isByte: false };
  const letter = text[1] ?? "";
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { code: simple, length: 2, isByte: false };
  const digits = hexLengths[letter];
  if (digits !== undefined) return unquoteHex(text.slice(2, 2 + digits), digits, letter === "x");
  if (letter >= "0" && letter <= "7") return unquoteOctal(text.slice(1, 4));
  // Go allows the escape of the quote that is in use only.
  return letter === quote && letter !== "" ? { code: letter.charCodeAt(0), length: 2, isByte: false } : undefined;
}

type Unquoted = { code: number; length: number; isByte: boolean } | undefined;

function unquoteHex(digits: string, length: number, isByte: boolean): Unquoted {
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  if (!isByte && (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff))) return undefined;
  return { code, length: 2 + length, isByte };
}

function unquoteOctal(digits: string): Unquoted {
  if (!/^[0-7]{3}$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 8);
  return code > 255 ? undefined : { code, length: 4, isByte: true };
}
