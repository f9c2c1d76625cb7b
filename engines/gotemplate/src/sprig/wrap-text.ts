import { Buffer } from "node:buffer";
import { decodeGoString, encodeGoString, isAscii } from "../value/go-string.ts";
import { outOfRange } from "./call-error.ts";

/**
 * Functions that count bytes, and see each byte as a character. Source: Masterminds/goutils 1.1.1.
 * Texts are given to the work as one character a byte.
 */
function onBytes(text: string, work: (bytes: string) => string): string {
  return isAscii(text) ? work(text) : fromBytes(work(toBytes(text)));
}

function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(encodeGoString(text)).toString("latin1");
}

function fromBytes(bytes: string): string {
  return decodeGoString(Buffer.from(bytes, "latin1"));
}

/** Options of {@link wrapText}. */
export interface WrapOptions {
  /** Between lines; a line feed if empty. */
  lineEnd: string;
  /** Cut words that are longer than a line. */
  cutWords: boolean;
}

/** Breaks a line at blanks into lines of this many bytes (1 at least). Source: goutils.WrapCustom. */
export function wrapText(text: string, width: number, { lineEnd, cutWords }: WrapOptions): string {
  const end = lineEnd === "" ? "\n" : toBytes(lineEnd);
  return fromBytes(wrapBytes(toBytes(text), Math.max(1, width), end, cutWords));
}

function wrapBytes(text: string, width: number, lineEnd: string, cutWords: boolean): string {
  let out = "";
  let at = 0;
  while (text.length - at > width) {
    if (text[at] === " ") {
      at++;
      continue;
    }
    const blank = text.lastIndexOf(" ", at + width);
    if (blank < at && cutWords) {
      out += text.slice(at, at + width) + lineEnd;
      at += width;
      continue;
    }
    const end = blank < at ? text.indexOf(" ", at + width) : blank;
    if (end < 0) return out + text.slice(at);
    out += text.slice(at, end) + lineEnd;
    at = end + 1;
  }
  return out + text.slice(at);
}

/** Cuts a text to this many bytes, with dots at its end. Source: sprig's abbrev. */
export function abbreviate(text: string, width: number): string {
  return width < 4 ? text : onBytes(text, (bytes) => abbreviateBytes(bytes, 0, width));
}

/** Cuts a text on both sides. Source: sprig's abbrevboth. */
export function abbreviateBoth(text: string, left: number, right: number): string {
  if (right < 4 || (left > 0 && right < 7)) return text;
  return onBytes(text, (bytes) => abbreviateBytes(bytes, left, right));
}

function abbreviateBytes(text: string, from: number, width: number): string {
  if (text.length <= width) return text;
  let offset = Math.min(from, text.length);
  if (text.length - offset < width - 3) offset = text.length - (width - 3);
  if (offset <= 4) return `${text.slice(0, width - 3)}...`;
  // Upstream swallows the error of a width that is too small, and with it the text.
  if (width < 7) return "";
  if (offset + width - 3 >= text.length) return `...${text.slice(text.length - (width - 3))}`;
  const rest = text.slice(offset);
  return `...${width - 3 < 4 ? "" : abbreviateBytes(rest, 0, width - 3)}`;
}

const byteSpace = /[\t-\r \u0085\u00a0]/;

/** The first byte of each word; bytes beyond ASCII become the characters of Latin-1. Source: goutils.Initials. */
export function initialsOf(text: string): string {
  let out = "";
  let inWord = false;
  for (const byte of toBytes(text)) {
    if (byteSpace.test(byte)) inWord = false;
    else if (!inWord) {
      out += byte;
      inWord = true;
    }
  }
  return out;
}

/** Leaves out white space; a text that has some loses its characters beyond ASCII too. Source: goutils.DeleteWhiteSpace. */
export function deleteSpace(text: string): string {
  const bytes = toBytes(text);
  return byteSpace.test(bytes) ? bytes.replace(/[\t-\r \u0085\u00a0]/g, "") : text;
}

/** The first (positive) or last (negative) bytes of a text. Source: sprig's trunc. */
export function truncate(text: string, count: number): string {
  return onBytes(text, (bytes) => {
    if (count >= 0) return bytes.slice(0, count);
    return bytes.length + count > 0 ? bytes.slice(bytes.length + count) : bytes;
  });
}

/**
 * The bytes from `start` to `end`. Source: sprig's substr.
 * @throws CallError when the text is shorter
 */
export function substring(text: string, start: number, end: number): string {
  return onBytes(text, (bytes) => {
    const { length } = bytes;
    if (start < 0) {
      if (end < 0) throw outOfRange(`[:${end}]`);
      if (end > length) throw outOfRange(`[:${end}] with length ${length}`);
      return bytes.slice(0, end);
    }
    if (end < 0 || end > length) {
      if (start > length) throw outOfRange(`[${start}:${length}]`);
      return bytes.slice(start);
    }
    if (start > end) throw outOfRange(`[${start}:${end}]`);
    return bytes.slice(start, end);
  });
}
