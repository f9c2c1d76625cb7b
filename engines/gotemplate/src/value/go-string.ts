/**
 * Go strings are bytes, JavaScript's are UTF-16. A valid UTF-8 text is the same text here. A byte that belongs to no valid
 * character is kept as the lone surrogate U+DC00 + byte (U+DC80 to U+DCFF), the convention of Python's surrogateescape: valid
 * UTF-8 never holds a surrogate, so the two cannot be confused, and {@link encodeGoString} gives the bytes back exactly.
 */
import { Buffer } from "node:buffer";

const loneEscape = /[\udc80-\udcff]/;
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// oxlint-disable-next-line no-control-regex -- ASCII is meant
const ascii = /^[\u0000-\u007f]*$/;

/** Whether every character is one byte, so that indexes of bytes and of characters agree. */
export function isAscii(text: string): boolean {
  return ascii.test(text);
}

/** The bytes of a Go string. */
export function encodeGoString(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: Uint8Array[] = [];
  for (const piece of text.split(/([\udc80-\udcff]+)/u)) {
    const isEscape = loneEscape.test(piece) && !piece.isWellFormed();
    parts.push(isEscape ? Uint8Array.from(piece, (char) => char.charCodeAt(0) & 0xff) : Buffer.from(piece, "utf8"));
  }
  return Buffer.concat(parts);
}

/** The Go string of these bytes; bytes that are not UTF-8 become escapes. */
export function decodeGoString(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return decodeInvalid(bytes);
  }
}

function decodeInvalid(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] as number))
        : Buffer.from(bytes.subarray(at, at + length)).toString("utf8");
    at += Math.max(1, length);
  }
  return text;
}

/** How many bytes the valid UTF-8 character at this place has, 0 where there is none. */
export function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0) return 0;
  for (let offset = 1; offset < length; offset++) {
    const next = bytes[at + offset];
    if (next === undefined || (next & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] as number;
  const isRefused =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return isRefused ? 0 : length;
}

/** How many bytes Go's `len` counts. */
export function byteLength(text: string): number {
  if (text.isWellFormed()) return Buffer.byteLength(text, "utf8");
  return encodeGoString(text).length;
}

/** Bytes `start` to `end` (exclusive), as Go's `text[start:end]`; a character may be cut. The caller checks the bounds. */
export function sliceGoString(text: string, start: number, end?: number): string {
  if (isAscii(text)) return text.slice(start, end);
  return decodeGoString(encodeGoString(text).subarray(start, end));
}

/** Joins escapes that together form a character: needed only after concatenation of cut strings, before comparing. */
export function normalizeGoString(text: string): string {
  return text.isWellFormed() ? text : decodeGoString(encodeGoString(text));
}

/** The text with each invalid byte as U+FFFD, as Go's `range` over a string and its JSON writer see it. */
export function toValidText(text: string): string {
  return text.isWellFormed() ? text : normalizeGoString(text).toWellFormed();
}

/** Order by bytes: negative, 0 or positive. */
export function compareGoStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    if ((a < 0xd800 && b < 0xd800) || a < 0x80 || b < 0x80) return a - b;
    // UTF-16 puts characters beyond U+FFFF before U+E000; bytes do not. Escapes are single bytes.
    return Buffer.compare(encodeGoString(left), encodeGoString(right));
  }
  return left.length - right.length;
}
