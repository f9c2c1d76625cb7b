import { unquoteText } from "./unquote-text.ts";
import type { PathNode, Slice } from "./path-node.ts";

const terminators = new Set([" ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}"]);
const slicePattern = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const comparison = /^([^!<>=]+)([!<>=]+)(.+)$/;
const maxDepth = 20;

/** Reads the inside of braces, step by step. Source: client-go `util/jsonpath`. */
export class PathParser {
  private readonly text: string;
  private readonly depth: number;
  private at: number;
  private readonly nodes: PathNode[] = [];

  constructor(text: string, at: number, depth: number = 0) {
    if (depth > maxDepth) throw new Error(`paths are nested deeper than ${maxDepth}`);
    this.text = text;
    this.at = at;
    this.depth = depth;
  }

  /** The steps up to the closing brace, and where the text goes on behind it. @throws Error in kubectl's words. */
  parse(): { nodes: PathNode[]; end: number } {
    while (!this.takes("}")) this.step();
    return { nodes: this.nodes, end: this.at };
  }

  private step(): void {
    if (this.takes("[?(")) return this.filter();
    if (this.takes("..")) return this.recursive();
    const char = this.text[this.at];
    if (char === undefined || char === "\n" || char === "\r") throw new Error("unclosed action");
    this.at += char.length;
    if (char === " " || char === "@" || char === "$") return;
    if (char === "[") return this.array();
    if (char === '"' || char === "'") return this.quoted(char);
    if (char === ".") return this.field();
    this.at--;
    if (/[+\-\d]/.test(char)) return this.number();
    if (/[\p{L}_]/u.test(char)) return this.identifier();
    const point = (this.text.codePointAt(this.at) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    throw new Error(
      `unrecognized character in action: U+${point} '${String.fromCodePoint(this.text.codePointAt(this.at) ?? 0)}'`,
    );
  }

  private takes(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private recursive(): void {
    if (this.nodes.at(-1)?.kind === "recursive") throw new Error("invalid multiple recursive descent");
    this.nodes.push({ kind: "recursive" });
    if (/[\p{L}\p{Nd}_]/u.test(this.text[this.at] ?? "")) this.field();
  }

  /** A name up to what ends one; a backslash takes the next character as it is. */
  private field(): void {
    const start = this.at;
    while (this.at < this.text.length && !terminators.has(this.text[this.at] ?? ""))
      this.at += this.text[this.at] === "\\" ? 2 : 1;
    const name = this.text.slice(start, this.at);
    this.nodes.push(name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") });
  }

  private number(): void {
    const found = /^[+-]?[\d.]*/.exec(this.text.slice(this.at))?.[0] ?? "";
    this.at += found.length;
    const value = Number(found);
    if (found === "" || Number.isNaN(value)) throw new Error(`cannot parse number ${found}`);
    this.nodes.push({ kind: "number", value, isInteger: /^[+-]?\d+$/.test(found) });
  }

  private identifier(): void {
    const start = this.at;
    while (this.at < this.text.length && !terminators.has(this.text[this.at] ?? "")) this.at++;
    const name = this.text.slice(start, this.at);
    const isBoolean = name === "true" || name === "false";
    this.nodes.push(isBoolean ? { kind: "boolean", value: name === "true" } : { kind: "identifier", name });
  }

  private quoted(quote: string): void {
    const start = this.at - 1;
    for (; ; this.at++) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n") throw new Error("unterminated quoted string");
      if (char === quote && this.text[this.at - 1] !== "\\") break;
    }
    this.at++;
    this.nodes.push({ kind: "text", text: unquoteText(this.text.slice(start, this.at)) });
  }

  private array(): void {
    const start = this.at;
    for (; this.text[this.at] !== "]"; this.at++)
      if (this.at >= this.text.length || this.text[this.at] === "\n") throw new Error("unterminated array");
    const inside = this.text.slice(start, this.at++);
    const members = inside.split(",");
    if (members.length > 1) {
      this.nodes.push({ kind: "union", members: members.map((member) => this.inner(`[${member.trim()}]`)) });
      return;
    }
    const key = /^'([^']*)'$/.exec(inside)?.[1];
    if (key === undefined) this.nodes.push({ kind: "slice", slice: parseSlice(inside === "*" ? ":" : inside) });
    else this.nodes.push(...this.inner(`.${key}`));
  }

  private filter(): void {
    const start = this.at;
    let quote: string | undefined;
    let isClosed = false;
    for (; ; this.at++) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n") throw new Error("unterminated filter");
      if ((char === '"' || char === "'") && quote === undefined) quote = char;
      else if (char === quote && this.text[this.at - 1] !== "\\") isClosed = true;
      else if (char === ")" && (quote !== undefined) === isClosed) break;
    }
    const inside = this.text.slice(start, this.at++);
    if (!this.takes("]")) throw new Error("unclosed array expect ]");
    const [, left, operator, right] = comparison.exec(inside) ?? [];
    if (left === undefined || operator === undefined || right === undefined)
      this.nodes.push({ kind: "filter", left: this.inner(inside) });
    else this.nodes.push({ kind: "filter", left: this.inner(left), test: { operator, right: this.inner(right) } });
  }

  private inner(text: string): PathNode[] {
    return new PathParser(`${text}}`, 0, this.depth + 1).parse().nodes;
  }
}

function parseSlice(text: string): Slice {
  const found = slicePattern.exec(text);
  if (!found) throw new Error(`invalid array index ${text}`);
  const [start, end, step] = [found[1], found[2]?.slice(1), found[3]?.slice(1)].map((part) => {
    if (part === undefined || part === "") return undefined;
    const value = Number(part);
    if (!Number.isSafeInteger(value)) throw new Error(`array index ${part} is not a number`);
    return value;
  });
  return {
    isIndex: found[2] === undefined,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(step === undefined ? {} : { step }),
  };
}
