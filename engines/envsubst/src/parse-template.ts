import { SubstitutionError } from "./substitution-error.ts";
import { lineAt, type Reference, type TemplatePart } from "./template.ts";

/** Decides about a character by its place (from 1) in what is being taken. */
type Accept = (char: string, place: number) => boolean;

const nameChar = /[\p{L}\p{Nd}_]/u;
const maxDepth = 200;

const isNameChar: Accept = (char) => nameChar.test(char);
const isColon: Accept = (char) => char === ":";
const isSlash: Accept = (char) => char === "/";
const isNotSlash: Accept = (char) => char !== "/";
const isNotClosing: Accept = (char) => char !== "}";
const isOffset: Accept = (char) => char !== ":" && char !== "}";
const isCasing: Accept = (char, place) => (char === "," || char === "^") && place <= 2;
const isReplace: Accept = (char, place) => (place === 1 ? char === "/" : place === 2 && "/#%".includes(char));
const isDefault: Accept = (char, place) => (place === 1 ? char === ":" : place === 2 && "=-?+".includes(char));

/**
 * Cuts a text into plain pieces and references. `$$` is a plain `$`; `$name` without braces is text.
 * The grammar is that of fluxcd/pkg/envsubst 1.9.0, a fork of drone/envsubst, in what it takes and what it refuses.
 * @throws SubstitutionError
 */
export function parseTemplate(text: string): TemplatePart[] {
  return new TemplateParser(text).parse();
}

class TemplateParser {
  private readonly text: string;
  private index = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): TemplatePart[] {
    const parts: TemplatePart[] = [];
    while (this.index < this.text.length) {
      const plain = this.takePlain();
      if (plain !== "") parts.push(plain);
      if (this.atReference()) parts.push(this.parseReference());
    }
    return parts;
  }

  private takePlain(): string {
    const { text } = this;
    let plain = "";
    for (;;) {
      const found = text.indexOf("$", this.index);
      const next = found < 0 ? "" : text.charAt(found + 1);
      if (found < 0 || next === "{") {
        const end = found < 0 ? text.length : found;
        plain += text.slice(this.index, end);
        this.index = end;
        return plain;
      }
      plain += text.slice(this.index, found + 1);
      this.index = found + (next === "$" ? 2 : 1);
    }
  }

  private atReference(): boolean {
    return this.text.startsWith("${", this.index);
  }

  private peek(): string {
    const code = this.text.codePointAt(this.index);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  private fail(problem: string, index: number): never {
    throw new SubstitutionError(problem, { position: { line: lineAt(this.text, index) } });
  }

  private parseReference(): Reference {
    const reference: Reference = { name: "", operator: "", args: [], index: this.index };
    if (++this.depth > maxDepth) this.fail(`references nested deeper than ${maxDepth}`, reference.index);
    this.index += 2;
    if (this.peek() === "#") this.parseLength(reference);
    else {
      reference.name = this.take(isNameChar) ?? this.fail("unable to parse variable name", reference.index);
      this.parseOperator(reference);
    }
    this.depth--;
    return reference;
  }

  private parseOperator(reference: Reference): void {
    switch (this.peek()) {
      case ":":
        return this.parseColon(reference);
      case "=":
        this.index++;
        reference.operator = "=";
        return this.parseDefault(reference);
      case ",":
      case "^":
        reference.operator = this.take(isCasing) ?? "";
        return this.close(reference);
      case "/":
        return this.parseReplace(reference);
      case "#":
        return this.parseTrim(reference, "#");
      case "%":
        return this.parseTrim(reference, "%");
      default:
        if (this.peek() !== "}") this.fail("missing closing brace", reference.index);
        this.index++;
    }
  }

  private parseLength(reference: Reference): void {
    this.index++;
    reference.operator = "#";
    reference.name = this.take(isNameChar) ?? this.fail("bad substitution", reference.index);
    this.close(reference);
  }

  private parseColon(reference: Reference): void {
    const next = this.text.charAt(this.index + 1);
    if ("=-?+".includes(next) && next !== "") {
      reference.operator = this.take(isDefault) ?? "";
      return this.parseDefault(reference);
    }
    // Upstream loses its place at a character of several bytes here.
    if (next === "" || next > "\x7f") this.fail("bad substitution", reference.index);
    this.index++;
    reference.operator = ":";
    reference.args.push(this.parseArgument(isOffset, false, reference));
    if (this.peek() === "}") return this.close(reference);
    if (this.take(isColon) === undefined) this.fail("bad substitution", reference.index);
    reference.args.push(this.parseArgument(isNotClosing, false, reference));
    this.close(reference);
  }

  private parseDefault(reference: Reference): void {
    while (this.peek() !== "}") reference.args.push(this.parseArgument(isNotClosing, false, reference));
    this.close(reference);
  }

  private parseReplace(reference: Reference): void {
    reference.operator = this.take(isReplace) ?? "";
    reference.args.push(this.parseArgument(isNotSlash, true, reference));
    if (this.take(isSlash) === undefined) this.fail("bad substitution", reference.index);
    if (this.peek() !== "}") reference.args.push(this.parseArgument(isNotClosing, true, reference));
    this.close(reference);
  }

  private parseTrim(reference: Reference, sign: string): void {
    reference.operator = this.take((char, place) => char === sign && place <= 2) ?? "";
    reference.args.push(this.parseArgument(isNotClosing, false, reference));
    this.close(reference);
  }

  private parseArgument(accept: Accept, escapes: boolean, reference: Reference): TemplatePart {
    if (this.atReference()) return this.parseReference();
    return this.take(accept, escapes) ?? this.fail("unable to parse substitution within function", reference.index);
  }

  private close(reference: Reference): void {
    if (this.peek() !== "}") this.fail("bad substitution", reference.index);
    this.index++;
  }

  /** Takes characters as long as they are accepted and no reference starts; undefined if not even the first one is. */
  private take(accept: Accept, escapes: boolean = false): string | undefined {
    let taken = "";
    for (let place = 1; ; place++) {
      const char = this.peek();
      const escaped = escapes ? this.escapedChar(char) : "";
      if (char === "" || this.atReference()) break;
      if (escaped === "" && !accept(char, place)) break;
      taken += escaped === "" ? char : escaped;
      this.index += escaped === "" ? char.length : 2;
    }
    return taken === "" ? undefined : taken;
  }

  /** What `$$`, `\/` and `\\` stand for at this place, or "". */
  private escapedChar(char: string): string {
    if (char !== "$" && char !== "\\") return "";
    const next = this.text.charAt(this.index + 1);
    return (char === "$" && next === "$") || (char === "\\" && (next === "/" || next === "\\")) ? next : "";
  }
}
