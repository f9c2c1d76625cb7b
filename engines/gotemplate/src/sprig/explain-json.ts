import { quoteGoString } from "../fmt/quote.ts";

/** What is wrong with a JSON text, in the words of Go's scanner. Source: encoding/json's scanner. */

const maxDepth = 10_000;
const endOfText = "unexpected end of JSON input";

/** Thrown within this file to leave the recursion. */
class Problem extends Error {}

function quoteByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === "'") return "'\\''";
  return char === '"' ? "'\"'" : `'${quoteGoString(char).slice(1, -1)}'`;
}

class JsonScanner {
  private readonly bytes: Uint8Array;
  private at = 0;
  private depth = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  scan(): void {
    this.value();
    this.skipSpace();
    if (this.at < this.bytes.length) this.refuse("after top-level value");
  }

  private char(): string {
    const byte = this.bytes[this.at];
    return byte === undefined ? "" : String.fromCharCode(byte);
  }

  private refuse(where: string): never {
    const byte = this.bytes[this.at];
    // Upstream tries a blank at the end, which numbers, words and escapes do not take.
    const isCut = byte === undefined && !/^(?:in |after decimal)/.test(where);
    throw new Problem(isCut ? endOfText : `invalid character ${quoteByte(byte ?? 0x20)} ${where}`);
  }

  private skipSpace(): void {
    while (/[ \t\r\n]/.test(this.char())) this.at++;
  }

  private value(): void {
    this.skipSpace();
    const char = this.char();
    if (char === "{") return this.nested(() => this.object());
    if (char === "[") return this.nested(() => this.list());
    if (char === '"') return this.string();
    if (char === "-" || /[0-9]/.test(char)) return this.number();
    const word = { t: "true", f: "false", n: "null" }[char];
    if (word === undefined) this.refuse("looking for beginning of value");
    this.literal(word as string);
  }

  private nested(scan: () => void): void {
    if (++this.depth > maxDepth) throw new Problem("exceeded max depth");
    this.at++;
    scan();
    this.depth--;
  }

  private literal(word: string): void {
    for (const wanted of word) {
      if (this.char() !== wanted) this.refuse(`in literal ${word} (expecting '${wanted}')`);
      this.at++;
    }
  }

  private object(): void {
    this.skipSpace();
    if (this.char() === "}") return void this.at++;
    for (;;) {
      this.skipSpace();
      if (this.char() !== '"') this.refuse("looking for beginning of object key string");
      this.string();
      this.skipSpace();
      if (this.char() !== ":") this.refuse("after object key");
      this.at++;
      this.value();
      this.skipSpace();
      if (this.char() === "}") return void this.at++;
      if (this.char() !== ",") this.refuse("after object key:value pair");
      this.at++;
    }
  }

  private list(): void {
    this.skipSpace();
    if (this.char() === "]") return void this.at++;
    for (;;) {
      this.value();
      this.skipSpace();
      if (this.char() === "]") return void this.at++;
      if (this.char() !== ",") this.refuse("after array element");
      this.at++;
    }
  }

  private string(): void {
    for (this.at++; this.char() !== '"'; this.at++) {
      if (this.at >= this.bytes.length) throw new Problem(endOfText);
      if (this.char() === "\\") this.escape();
      else if ((this.bytes[this.at] ?? 0) < 0x20) this.refuse("in string literal");
    }
    this.at++;
  }

  private escape(): void {
    this.at++;
    if (/[bfnrt\\/"]/.test(this.char())) return;
    if (this.char() !== "u") this.refuse("in string escape code");
    for (let digit = 0; digit < 4; digit++) {
      this.at++;
      if (!/[0-9a-fA-F]/.test(this.char())) this.refuse("in \\u hexadecimal character escape");
    }
  }

  private digits(where: string): void {
    if (!/[0-9]/.test(this.char())) this.refuse(where);
    while (/[0-9]/.test(this.char())) this.at++;
  }

  private number(): void {
    if (this.char() === "-") this.at++;
    if (this.char() === "0") this.at++;
    else this.digits("in numeric literal");
    if (this.char() === ".") {
      this.at++;
      this.digits("after decimal point in numeric literal");
    }
    if (!/[eE]/.test(this.char())) return;
    this.at++;
    if (/[+-]/.test(this.char())) this.at++;
    this.digits("in exponent of numeric literal");
  }
}

/** Go's message about a text that is not JSON. */
export function explainJson(bytes: Uint8Array): string {
  try {
    new JsonScanner(bytes).scan();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    if (error instanceof RangeError) return "exceeded max depth";
    throw error;
  }
  return endOfText;
}
