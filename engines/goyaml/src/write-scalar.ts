import { isBlank, isBlankOrEnd, isBreak, isPrintable, LF, SINGLE_QUOTE, SPACE } from "./chars.ts";
import type { Writer } from "./writer.ts";

const escapes: ReadonlyMap<number, string> = new Map([
  [0x00, "0"],
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x1b, "e"],
  [0x22, '"'],
  [0x5c, "\\"],
  [0x85, "N"],
  [0xa0, "_"],
  [0x2028, "L"],
  [0x2029, "P"],
]);
const anyBreak = /[\r\n\x85\u2028\u2029]/;
const needsEscape = /[^ !#-[\]-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/** Writes a text without quotes; line breaks in it are doubled, since one alone folds to a blank. */
export function writePlain(writer: Writer, value: string, mayBreak: boolean): void {
  if (value !== "" && !writer.whitespace) writer.put(" ");
  writeFolded(writer, value, mayBreak, false);
  if (value !== "") writer.whitespace = false;
  writer.indention = false;
}

/** Writes a text in single quotes. */
export function writeSingleQuoted(writer: Writer, value: string, mayBreak: boolean): void {
  writer.writeIndicator("'", true);
  writeFolded(writer, value, mayBreak, true);
  writer.writeIndicator("'", false);
}

function writeFolded(writer: Writer, value: string, mayBreak: boolean, quoted: boolean): void {
  if (!anyBreak.test(value) && (writer.column + value.length <= writer.width || !value.includes(" "))) {
    writer.put(quoted ? value.replaceAll("'", "''") : value);
    return;
  }
  let afterSpace = false;
  let afterBreak = false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code === SPACE) {
      const inside = !quoted || (index > 0 && index < value.length - 1);
      const folds = mayBreak && !afterSpace && writer.column > writer.width && inside;
      if (folds && value.charCodeAt(index + 1) !== SPACE) writer.writeIndent();
      else writer.put(" ");
      afterSpace = true;
    } else if (isBreak(code)) {
      if (!afterBreak && code === LF) writer.putBreak();
      writer.putBreak(value.charAt(index));
      afterBreak = true;
    } else {
      if (afterBreak) writer.writeIndent();
      writer.put(quoted && code === SINGLE_QUOTE ? "''" : value.charAt(index));
      writer.indention = false;
      afterSpace = afterBreak = false;
    }
  }
}

/** Writes a text in double quotes, escaping what cannot be printed, and everything behind a byte order mark. */
export function writeDoubleQuoted(writer: Writer, value: string, mayBreak: boolean): void {
  writer.writeIndicator('"', true);
  if (writer.column + value.length <= writer.width && !needsEscape.test(value)) writer.put(value);
  else writeEscaped(writer, value, mayBreak);
  writer.writeIndicator('"', false);
}

function writeEscaped(writer: Writer, value: string, mayBreak: boolean): void {
  const afterMark = value.charCodeAt(0) === 0xfeff;
  let afterSpace = false;
  for (let index = 0; index < value.length; index++) {
    const code = value.codePointAt(index) as number;
    if (afterMark || !isPrintable(code) || isBreak(code) || code === 0x22 || code === 0x5c) {
      if (code > 0xffff) index++;
      writer.put(`\\${escapes.get(code) ?? hexEscape(code)}`);
      afterSpace = false;
    } else if (code === SPACE) {
      const inside = index > 0 && index < value.length - 1;
      if (mayBreak && !afterSpace && writer.column > writer.width && inside) {
        writer.writeIndent();
        if (value.charCodeAt(index + 1) === SPACE) writer.put("\\");
      } else writer.put(" ");
      afterSpace = true;
    } else {
      writer.put(value.charAt(index));
      afterSpace = false;
    }
  }
}

function hexEscape(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `u${hex.padStart(4, "0")}` : `U${hex.padStart(8, "0")}`;
}

/** Writes a text as a literal block `|`. */
export function writeLiteral(writer: Writer, value: string): void {
  writeBlockHeader(writer, "|", value);
  let start = 0;
  for (let index = 0; index <= value.length; index++) {
    const ended = index === value.length;
    if (!ended && !isBreak(value.charCodeAt(index))) continue;
    if (index > start) {
      writer.writeIndent();
      writer.put(value.slice(start, index));
      writer.indention = false;
    }
    if (!ended) writer.putBreak(value.charAt(index));
    start = index + 1;
  }
}

/** Writes a text as a folded block `>`. */
export function writeFoldedBlock(writer: Writer, value: string): void {
  writeBlockHeader(writer, ">", value);
  let breaks = true;
  let indented = true;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (isBreak(code)) {
      // Upstream counts the breaks from the start of the text here, not from this place.
      if (!breaks && !indented && code === LF && !isBlankOrEnd(value.charCodeAt(leadingBreaks(value))))
        writer.putBreak();
      writer.putBreak(value.charAt(index));
      breaks = true;
      continue;
    }
    if (breaks) {
      writer.writeIndent();
      indented = isBlank(code);
    }
    const folds = !breaks && code === SPACE && value.charCodeAt(index + 1) !== SPACE && writer.column > writer.width;
    if (folds) writer.writeIndent();
    else writer.put(value.charAt(index));
    writer.indention = false;
    breaks = false;
  }
}

function leadingBreaks(value: string): number {
  let index = 0;
  while (index < value.length && isBreak(value.charCodeAt(index))) index++;
  return index;
}

function writeBlockHeader(writer: Writer, indicator: string, value: string): void {
  writer.writeIndicator(indicator, true);
  const first = value.charCodeAt(0);
  if (first === SPACE || isBreak(first)) writer.writeIndicator(String(writer.bestIndent), false);
  const chomping = chompingOf(value);
  if (chomping !== "") writer.writeIndicator(chomping, false);
  writer.writeLineComment(true);
  writer.whitespace = true;
}

function chompingOf(value: string): "" | "-" | "+" {
  const { length } = value;
  if (length === 0 || !isBreak(value.charCodeAt(length - 1))) return "-";
  return length === 1 || isBreak(value.charCodeAt(length - 2)) ? "+" : "";
}
