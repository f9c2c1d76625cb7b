/**
 * Cases of single characters as Go's unicode package maps them: one character to one, unlike JavaScript's, which writes ß as SS.
 * Characters that came after Unicode 15 follow JavaScript's newer tables.
 */

/** Greek letters with iota subscript, whose capital is one character too. */
function withIota(code: number): number {
  if (code >= 0x1f80 && code <= 0x1faf && (code & 0xf) < 8) return code + 8;
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? code + 9 : 0;
}

function single(mapped: string, char: string): string {
  return mapped.length === 1 || (mapped.length === 2 && (mapped.codePointAt(0) as number) > 0xffff) ? mapped : char;
}

/** One character in upper case. Source: Go's unicode.ToUpper. */
export function toUpper(char: string): string {
  const iota = withIota(char.codePointAt(0) as number);
  return iota === 0 ? single(char.toUpperCase(), char) : String.fromCodePoint(iota);
}

/** One character in lower case. Source: Go's unicode.ToLower. */
export function toLower(char: string): string {
  return char === "\u0130" ? "i" : single(char.toLowerCase(), char);
}

const digraphs: Readonly<Record<string, string>> = {
  Ǆ: "ǅ",
  ǅ: "ǅ",
  ǆ: "ǅ",
  Ǉ: "ǈ",
  ǈ: "ǈ",
  ǉ: "ǈ",
  Ǌ: "ǋ",
  ǋ: "ǋ",
  ǌ: "ǋ",
  Ǳ: "ǲ",
  ǲ: "ǲ",
  ǳ: "ǲ",
};

/** One character in title case. Source: Go's unicode.ToTitle. */
export function toTitle(char: string): string {
  // Georgian letters have capitals, but titles are written without.
  if (char >= "\u10d0" && char <= "\u10ff") return char;
  return digraphs[char] ?? toUpper(char);
}

/** Source: Go's unicode.IsUpper. */
export function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

/** Source: Go's unicode.IsLower. */
export function isLower(char: string): boolean {
  return /^\p{Ll}$/u.test(char);
}

/** Source: Go's unicode.IsTitle. */
export function isTitle(char: string): boolean {
  return /^\p{Lt}$/u.test(char);
}

/** Source: Go's unicode.IsSpace. */
export function isSpace(char: string): boolean {
  return /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(char);
}

// oxlint-disable-next-line no-control-regex -- ASCII is meant
const asciiText = /^[\u0000-\u007f]*$/;

/** A text in upper case. Source: Go's strings.ToUpper. */
export function upperText(text: string): string {
  return asciiText.test(text) ? text.toUpperCase() : Array.from(text.toWellFormed(), toUpper).join("");
}

/** A text in lower case. Source: Go's strings.ToLower. */
export function lowerText(text: string): string {
  return asciiText.test(text) ? text.toLowerCase() : Array.from(text.toWellFormed(), toLower).join("");
}
