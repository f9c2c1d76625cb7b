import { quoteGoString } from "../../fmt/quote.ts";
import type { CallError } from "../call-error.ts";
import { tomlError } from "./toml-error.ts";

/** The end of the text, as upstream's lexer sees it. */
export const end = "";

/** The characters of a TOML text one by one, with the line that an error names. Source: BurntSushi/toml 1.6's lexer. */
export class TomlSource {
  line = 1;
  at = 0;
  private readonly text: string;
  private readonly lastKey: () => string;
  private isAtEnd = false;

  constructor(text: string, lastKey: () => string) {
    this.text = text;
    this.lastKey = lastKey;
  }

  /** The text from a place to here. */
  since(start: number): string {
    return this.text.slice(start, this.at);
  }

  /** The next character, or {@link end}. */
  next(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) {
      this.isAtEnd = true;
      return end;
    }
    const char = String.fromCodePoint(code);
    if (char === "\n") this.line++;
    this.check(char, code);
    this.at += char.length;
    return char;
  }

  private check(char: string, code: number): void {
    if (code >= 0xdc80 && code <= 0xdcff) {
      throw this.error(`invalid UTF-8 byte: 0x${(code & 0xff).toString(16).padStart(2, "0")}`);
    }
    const isBare = char === "\r" && this.text[this.at + 1] !== "\n";
    if (isBare || (code < 0x20 && !"\t\r\n".includes(char)) || code === 0x7f) {
      const hex = code.toString(16).padStart(2, "0");
      throw tomlError(`TOML files cannot contain control characters: '0x${hex}'`, this.line, this.lastKey());
    }
  }

  /** Takes back the character that was just given. */
  back(char: string): void {
    if (char === end) {
      this.isAtEnd = false;
      return;
    }
    this.at -= char.length;
    if (char === "\n") this.line--;
  }

  peek(): string {
    const char = this.next();
    this.back(char);
    return char;
  }

  /** Takes a character if it comes next. */
  accept(wanted: string): boolean {
    const char = this.next();
    if (char === wanted) return true;
    this.back(char);
    return false;
  }

  skipBlanks(): void {
    for (;;) {
      const char = this.next();
      if (char !== " " && char !== "\t") return this.back(char);
    }
  }

  /** Takes what a pattern (sticky) matches; it must not cross lines. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  /** An error here; at the end of the text it belongs to the last line that has something. */
  error(message: string): CallError {
    const isAfterLine = this.isAtEnd && this.text[this.at - 1] === "\n";
    return tomlError(message, isAfterLine ? this.line - 1 : this.line, this.lastKey());
  }

  /** An error on the line before, which a line feed ended. */
  errorBefore(message: string): CallError {
    return tomlError(message, this.line - 1, this.lastKey());
  }

  /** An error of upstream's that looks at no line feed. */
  errorPlain(message: string): CallError {
    return this.isAtEnd ? this.errorBefore(message) : tomlError(message, this.line, this.lastKey());
  }
}

/** A character as `%q` shows it. */
export function quoteChar(char: string): string {
  if (char === end) return "'\\x00'";
  if (char === "'") return "'\\''";
  return char === '"' ? "'\"'" : `'${quoteGoString(char).slice(1, -1)}'`;
}

/** A character in quotes, or the end. */
export function charOrEnd(char: string): string {
  return char === end ? "end of file" : `'${char}'`;
}

export function isBlank(char: string): boolean {
  return char === " " || char === "\t";
}

export function isLineEnd(char: string): boolean {
  return char === "\n" || char === "\r";
}
