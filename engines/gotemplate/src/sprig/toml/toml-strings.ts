import { CallError } from "../call-error.ts";
import { end, isLineEnd, type TomlSource } from "./toml-source.ts";
import { quoteGoString } from "../../fmt/quote.ts";

/** Strings of TOML. The quotes that begin them are behind us. Source: BurntSushi/toml 1.6. */

const simple: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
  '"': '"',
  "\\": "\\",
};
const hexadecimal: Readonly<Record<string, readonly [count: number, word: string]>> = {
  x: [2, "two"],
  u: [4, "four"],
  U: [8, "eight"],
};

/** Reads over an escape; what it means is looked at later. `start` is where the string begins. */
function skipEscape(source: TomlSource, start: number): void {
  const char = source.next();
  if (char in simple || char === " " || char === "\t") return;
  const digits = Object.hasOwn(hexadecimal, char) ? hexadecimal[char] : undefined;
  if (digits === undefined) throw source.errorPlain(`invalid escape in string '\\${char === end ? "\0" : char}'`);
  for (let index = 0; index < digits[0]; index++) {
    if (/^[0-9a-fA-F]$/.test(source.next())) continue;
    const shown = quoteGoString(source.since(start));
    throw source.error(`expected ${digits[1]} hexadecimal digits after '\\${char}', but got ${shown} instead`);
  }
}

/** @throws CallError with what is wrong, without a position */
function replaceEscapes(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g,
    (_, two?: string, four?: string, eight?: string, char: string = "") => {
      const hex = two ?? four ?? eight;
      if (hex === undefined) {
        if (char === " " || char === "\t") throw new CallError(`invalid escape: '\\${char}'`);
        return simple[char] ?? char;
      }
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        throw new CallError(`Escaped character '\\u${hex}' is not valid UTF-8.`);
      }
      return String.fromCodePoint(code);
    },
  );
}

/** `"…"` on one line. */
export function readBasic(source: TomlSource): string {
  const start = source.at;
  for (;;) {
    const char = source.next();
    if (char === end) throw source.error(`unexpected EOF; expected '"'`);
    if (isLineEnd(char)) throw source.errorBefore("strings cannot contain newlines");
    if (char === "\\") skipEscape(source, start);
    else if (char === '"') return replaceEscapes(source.since(start).slice(0, -1));
  }
}

/** `'…'` on one line. */
export function readLiteral(source: TomlSource): string {
  const start = source.at;
  for (;;) {
    const char = source.next();
    if (char === end) throw source.error(`unexpected EOF; expected "'"`);
    if (isLineEnd(char)) throw source.errorBefore("strings cannot contain newlines");
    if (char === "'") return source.since(start).slice(0, -1);
  }
}

/** A run of quotes: three to five end the string, those beyond three belonging to it. */
function endsWithRun(source: TomlSource, quote: string): boolean {
  let count = 1;
  while (count < 6 && source.accept(quote)) count++;
  if (count === 6) throw source.error(quote === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
  return count >= 3;
}

function withoutFirstLineEnd(text: string): string {
  return text.replace(/^\r?\n/, "");
}

/** `"""…"""`. A backslash at the end of a line joins it to the next text. */
export function readMultilineBasic(source: TomlSource): string {
  const start = source.at;
  for (;;) {
    const char = source.next();
    if (char === end) throw source.error(`unexpected EOF; expected '"""'`);
    if (char === "\\") {
      const next = source.next();
      if (isLineEnd(next)) continue;
      source.back(next);
      skipEscape(source, start);
    } else if (char === '"' && endsWithRun(source, '"')) {
      const text = withoutFirstLineEnd(source.since(start).slice(0, -3));
      return replaceEscapes(text.replace(/\\\\|\\[ \t\r]*\n[ \t\r\n]*/g, (found) => (found === "\\\\" ? found : "")));
    }
  }
}

/** `'''…'''`. */
export function readMultilineLiteral(source: TomlSource): string {
  const start = source.at;
  for (;;) {
    const char = source.next();
    if (char === end) throw source.error(`unexpected EOF; expected "'''"`);
    if (char === "'" && endsWithRun(source, "'")) return withoutFirstLineEnd(source.since(start).slice(0, -3));
  }
}
