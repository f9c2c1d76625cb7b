import { memberOf, setMember } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { quoteGoString } from "../../fmt/quote.ts";
import { type GoMap, type GoValue, isMap } from "../../value/go-value.ts";
import { CallError } from "../call-error.ts";
import { tomlError } from "./toml-error.ts";
import { formatKey } from "./toml-key.ts";
import { readDatetime, readFloat, readInteger } from "./toml-scalars.ts";
import { charOrEnd, end, isBlank, isLineEnd, quoteChar, TomlSource } from "./toml-source.ts";
import { readBasic, readLiteral, readMultilineBasic, readMultilineLiteral } from "./toml-strings.ts";
import { TomlTables } from "./toml-tables.ts";

const maxDepth = 1_000;

/** Reads a document as BurntSushi/toml 1.6 does, with its messages. */
class TomlReader {
  private readonly tables = new TomlTables();
  private readonly source: TomlSource;
  private depth = 0;

  constructor(text: string) {
    this.source = new TomlSource(text, () => this.tables.current());
  }

  read(): GoMap {
    for (;;) {
      const char = this.source.next();
      if (char === end) return this.tables.root;
      if (isBlank(char) || isLineEnd(char)) continue;
      if (char === "#") this.comment();
      else if (char === "[") this.header();
      else {
        this.source.back(char);
        this.entry();
      }
    }
  }

  private comment(): void {
    for (;;) {
      const char = this.source.next();
      if (isLineEnd(char) || char === end) return this.source.back(char);
    }
  }

  /** What may follow an entry or a header on its line. */
  private endOfLine(): void {
    for (;;) {
      const char = this.source.next();
      if (isBlank(char)) continue;
      if (char === "#") return this.comment();
      if (isLineEnd(char)) return;
      if (char === end) return this.source.back(char);
      throw this.source.error(
        `expected a top-level item to end with a newline, comment, or EOF, but got ${quoteChar(char)} instead`,
      );
    }
  }

  private header(): void {
    const isArray = this.source.accept("[");
    const key = this.headerKey();
    if (isArray) {
      const char = this.source.next();
      if (char !== "]") {
        throw this.source.error(`expected end of table array name delimiter ']', but got ${quoteChar(char)} instead`);
      }
    }
    this.tables.enter(key, isArray);
    this.tables.setKind("", false);
    this.endOfLine();
  }

  private headerKey(): string[] {
    const key: string[] = [];
    for (;;) {
      this.source.skipBlanks();
      const first = this.source.peek();
      if (first === "]" || first === end) {
        throw this.source.error("unexpected end of table name (table names cannot be empty)");
      }
      if (first === ".") throw this.source.error("unexpected table separator (table names cannot be empty)");
      if (key.length === 0) this.tables.line = this.source.line;
      key.push(this.keyPart(first));
      this.source.skipBlanks();
      const char = this.source.next();
      if (char === "]") return key;
      if (char !== ".") {
        throw this.source.error(`expected '.' or ']' to end table name, but got ${quoteChar(char)} instead`);
      }
    }
  }

  private keyPart(first: string): string {
    if (first !== '"' && first !== "'") return this.source.take(/[A-Za-z0-9_-]*/y);
    this.source.next();
    return first === '"' ? this.placed(() => readBasic(this.source)) : readLiteral(this.source);
  }

  /** The parts of a key up to its equals sign. */
  private key(): string[] {
    this.source.skipBlanks();
    const first = this.source.peek();
    if (first === "=" || first === end) throw this.source.error("unexpected '=': key name appears blank");
    if (first === ".") throw this.source.error("unexpected '.': keys cannot start with a '.'");
    const key: string[] = [];
    for (;;) {
      this.source.skipBlanks();
      const next = this.source.peek();
      if (next === "=" || next === end) throw this.source.error("unexpected '='");
      if (next === ".") throw this.source.error("unexpected '.'");
      if (key.length === 0) this.tables.line = this.source.line;
      key.push(this.keyPart(next));
      this.source.skipBlanks();
      const char = this.source.next();
      if (char === "=") return key;
      if (char === ".") continue;
      if (char === end) throw this.source.error("unexpected EOF; expected key separator '='");
      const message = `expected '.' or '=', but got ${quoteChar(char)} instead`;
      throw char === "\n" ? this.source.errorBefore(message) : this.source.error(message);
    }
  }

  private entry(): void {
    const outer = this.tables.context;
    this.define();
    this.tables.context = outer;
    this.tables.currentKey = "";
    this.endOfLine();
  }

  /** Reads `key = value` into the context; returns the key and the value. */
  private define(): { key: readonly string[]; value: GoValue } {
    const key = this.key();
    const last = key.at(-1) as string;
    this.tables.currentKey = last;
    this.tables.enterImplicit(key.slice(0, -1));
    const value = this.value(false);
    this.tables.set(last, value);
    this.tables.setKind(last, Array.isArray(value));
    return { key, value };
  }

  /** Puts the line of the value's end and the key before a message that has none. */
  private placed<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CallError) || error.message.startsWith("toml: ")) throw error;
      throw tomlError(error.message, this.source.line, this.tables.current());
    }
  }

  private value(isInArray: boolean): GoValue {
    this.source.skipBlanks();
    const char = this.source.next();
    if (/^[0-9]$/.test(char)) {
      this.source.back(char);
      return this.number();
    }
    switch (char) {
      case "[":
        return this.nested(() => this.array());
      case "{":
        return this.nested(() => this.inlineTable(isInArray));
      case '"':
      case "'":
        return this.string(char);
      case "-":
      case "+":
        return this.signed(char);
      case ".":
        throw this.source.error("floats must start with a digit, not '.'");
      default:
        return this.word(char);
    }
  }

  private nested<Value>(read: () => Value): Value {
    if (++this.depth > maxDepth) throw this.source.error(`nested deeper than ${maxDepth}`);
    const value = read();
    this.depth--;
    return value;
  }

  private string(quote: string): string {
    const { source } = this;
    if (source.accept(quote)) {
      if (!source.accept(quote)) return "";
      return this.placed(() => (quote === '"' ? readMultilineBasic(source) : readMultilineLiteral(source)));
    }
    return this.placed(() => (quote === '"' ? readBasic(source) : readLiteral(source)));
  }

  private word(char: string): GoValue {
    const { source } = this;
    const start = source.at - char.length;
    if (char === "i" || char === "n") {
      const isFloat = (source.accept("n") && source.accept("f")) || (source.accept("a") && source.accept("n"));
      if (isFloat) return this.placed(() => readFloat(source.since(start)));
    }
    if (/^\p{L}$/u.test(char)) {
      // Upstream goes back by one character, wherever it has come to.
      source.at -= source.at - char.length === start ? char.length : 1;
      const text = source.take(/\p{L}*/uy);
      source.peek();
      if (text === "true" || text === "false") return text === "true";
      throw source.error(`expected value but found ${quoteGoString(text)} instead`);
    }
    if (char === end) throw source.error("unexpected EOF; expected value");
    const message = `expected value but found ${quoteChar(char)} instead`;
    throw char === "\n" ? source.errorBefore(message) : source.error(message);
  }

  private signed(sign: string): GoValue {
    const { source } = this;
    const start = source.at - 1;
    const char = source.next();
    if (char === "i" || char === "n") {
      const rest = char === "i" ? "nf" : "an";
      for (const letter of rest) {
        if (!source.accept(letter)) throw source.error(`invalid float: '${source.since(start)}'`);
      }
      return this.placed(() => readFloat(source.since(start)));
    }
    if (char === ".") throw source.error("floats must start with a digit, not '.'");
    if (char === "0" && /^[box]$/.test(source.peek())) {
      throw source.error(`cannot use sign with non-decimal numbers: '${sign}0${source.peek()}'`);
    }
    if (!/^[0-9]$/.test(char)) throw source.error(`expected a digit but got ${quoteChar(char)}`);
    source.take(/[0-9_]*(?:[.eE][0-9_.eE+-]*)?/y);
    const text = source.since(start);
    // Upstream looks at what follows before it knows the number.
    source.peek();
    return this.placed(() => (/[.eE]/.test(text) ? readFloat(text) : readInteger(text)));
  }

  private number(): GoValue {
    const { source } = this;
    const prefix = source.take(/0[box]/y);
    if (prefix !== "") return this.based(prefix);
    const date = source.take(/[0-9]+[-:][-0-9:Tt .Zz+]*/y);
    const text = date === "" ? source.take(/[0-9][0-9_]*(?:[.eE][0-9_.eE+-]*)?/y) : date.trim();
    source.peek();
    if (date !== "") return this.placed(() => readDatetime(text));
    return this.placed(() => (/[.eE]/.test(text) ? readFloat(text) : readInteger(text)));
  }

  private based(prefix: string): GoValue {
    const { source } = this;
    const [digits, name] = {
      "0b": [/[01_]*/y, "a binary"],
      "0o": [/[0-7_]*/y, "an octal"],
      "0x": [/[0-9a-fA-F_]*/y, "a hexadecimal"],
    }[prefix] as [RegExp, string];
    const next = source.peek();
    if (next === "_" || !(digits.test(next) && next !== "" && new RegExp(`^${digits.source}$`).test(next))) {
      throw source.error(`not ${name} number: '${prefix}${next === end ? "\0" : next}'`);
    }
    const text = prefix + source.take(digits);
    source.peek();
    return this.placed(() => readInteger(text));
  }

  private array(): GoValue[] {
    const { source } = this;
    this.tables.setKind(this.tables.currentKey, true);
    const items: GoValue[] = [];
    let isAfterValue = false;
    for (;;) {
      const char = source.next();
      if (isBlank(char) || isLineEnd(char)) continue;
      if (char === "#") this.comment();
      else if (char === "]") return items;
      else if (isAfterValue) {
        if (char !== ",") {
          throw source.error(`expected a comma (',') or array terminator (']'), but got ${charOrEnd(char)}`);
        }
        isAfterValue = false;
      } else {
        if (char === ",") throw source.error("unexpected comma");
        source.back(char);
        items.push(this.value(true));
        isAfterValue = true;
      }
    }
  }

  private inlineTable(isInArray: boolean): GoMap {
    const { tables } = this;
    const [outerContext, outerKey] = [tables.context, tables.currentKey];
    const inner = [...tables.context, tables.currentKey];
    tables.context = inner;
    tables.currentKey = "";
    tables.markImplicit(inner);
    tables.enter(inner, isInArray);
    const map: GoMap = {};
    this.inlineMembers(map, inner);
    tables.context = outerContext;
    tables.currentKey = outerKey;
    return map;
  }

  private inlineMembers(map: GoMap, context: readonly string[]): void {
    const { source, tables } = this;
    let isAfterValue = false;
    for (;;) {
      const char = source.next();
      if (isBlank(char) || isLineEnd(char)) continue;
      if (char === "#") this.comment();
      else if (char === "}") return;
      else if (isAfterValue) {
        if (char !== ",") {
          throw source.error(`expected a comma or an inline table terminator '}', but got ${charOrEnd(char)} instead`);
        }
        isAfterValue = false;
      } else {
        if (char === ",") throw source.error("unexpected comma");
        source.back(char);
        const { key, value } = this.define();
        this.put(map, key, value);
        tables.context = context;
        // Upstream forgets to forget the key here.
        isAfterValue = true;
      }
    }
  }

  private put(map: GoMap, key: readonly string[], value: GoValue): void {
    let into = map;
    for (const part of key.slice(0, -1)) {
      if (!Object.hasOwn(into, part)) setMember(into as JsonObject, part, {});
      const next = memberOf(into as JsonObject, part);
      if (!isMap(next)) {
        throw tomlError(
          `${quoteGoString(formatKey(this.tables.context))} is not a table`,
          this.tables.line,
          this.tables.current(),
        );
      }
      into = next;
    }
    setMember(into as JsonObject, key.at(-1) as string, value as never);
  }
}

/**
 * The tables of a TOML text.
 * @throws CallError in upstream's words
 */
export function decodeToml(text: string): GoMap {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (plain.slice(0, 6).includes("\0")) {
    throw tomlError("files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8", 1, "");
  }
  return new TomlReader(plain).read();
}
