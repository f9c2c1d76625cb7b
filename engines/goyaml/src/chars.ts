/** Codes of the characters that YAML gives a meaning, and the classes that go-yaml's scanner and emitter use. */

export const NUL = 0;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const BANG = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const PERCENT = 0x25;
export const AMPERSAND = 0x26;
export const SINGLE_QUOTE = 0x27;
export const ASTERISK = 0x2a;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const BACKTICK = 0x60;
export const OPEN_BRACE = 0x7b;
export const PIPE = 0x7c;
export const CLOSE_BRACE = 0x7d;
const NEXT_LINE = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;

const BLANK = 1;
const BREAK = 2;
const END = 4;
const WORD = 8;
const FLOW = 16;

const classes = new Uint8Array(128);
classes[NUL] = END;
for (const code of [SPACE, TAB]) classes[code] = BLANK;
for (const code of [LF, CR]) classes[code] = BREAK;
for (const code of [COMMA, QUESTION, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE]) classes[code] = FLOW;
for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")
  classes[char.charCodeAt(0)] = WORD;

function isWideBreak(code: number): boolean {
  return code === NEXT_LINE || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;
}

function isIn(code: number, mask: number): boolean {
  return ((classes[code] as number) & mask) !== 0;
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** A line break, of which YAML 1.1 has five: CR, LF, NEL, LS, PS. */
export function isBreak(code: number): boolean {
  return code < 128 ? code === LF || code === CR : isWideBreak(code);
}

/** A line break or the end of the text, which the scanner marks with NUL. */
export function isBreakOrEnd(code: number): boolean {
  return code < 128 ? isIn(code, BREAK | END) : isWideBreak(code);
}

/** Space, tab, line break or the end of the text. */
export function isBlankOrEnd(code: number): boolean {
  return code < 128 ? isIn(code, BLANK | BREAK | END) : isWideBreak(code);
}

/** A character that ends a plain scalar inside `[]` and `{}`. */
export function isFlowIndicator(code: number): boolean {
  return code < 128 && isIn(code, FLOW);
}

/** A letter, digit, `_` or `-`: what anchors and tag handles are made of. */
export function isWord(code: number): boolean {
  return code < 128 && isIn(code, WORD);
}

/** `0` to `9`. */
export function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (isDigit(code)) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** What a line break becomes in a scalar: LF, except LS and PS, which stay. */
export function breakText(code: number): string {
  return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : "\n";
}

/** Whether the emitters write a character as it is; go-yaml escapes all beyond U+FFFF. */
export function isPrintable(code: number): boolean {
  if (code < 0x7f) return code >= SPACE || code === LF;
  return (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}
