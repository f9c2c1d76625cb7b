import { formatUnicode, quoteGoString } from "../fmt/quote.ts";
import { isKeyword, type Token, type TokenKind } from "./token.ts";

/** How a text is cut into tokens. */
export interface LexerOptions {
  leftDelimiter?: string;
  rightDelimiter?: string;
  /** Whether `break` and `continue` are keywords: they are not where functions have these names. */
  breakIsKeyword: boolean;
  continueIsKeyword: boolean;
}

const spaces = " \t\r\n";
const terminators = ".,|:()";
const word = /[_\p{L}\p{Nd}]/u;
const words = /[_\p{L}\p{Nd}]*/uy;
const leadingSpaces = /[ \t\r\n]*/y;

function isSpace(char: string | undefined): boolean {
  return char !== undefined && char !== "" && spaces.includes(char);
}

function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/** Cuts a template into tokens as Go's text/template/parse does; problems are tokens of kind `error`. */
export class Lexer {
  private input: string;
  private readonly left: string;
  private readonly right: string;
  private readonly options: LexerOptions;
  private position = 0;
  private start = 0;
  private countedTo = 0;
  private line = 1;
  private parenthesisDepth = 0;
  private insideAction = false;

  constructor(input: string, options: LexerOptions) {
    this.input = input;
    this.left = options.leftDelimiter || "{{";
    this.right = options.rightDelimiter || "}}";
    this.options = options;
  }

  /** The next token; at the end, and after an error, `eof` for ever. */
  next(): Token {
    return this.insideAction ? this.lexInsideAction() : this.lexText();
  }

  private lineAt(at: number): number {
    for (let next = this.input.indexOf("\n", this.countedTo); next >= 0 && next < at;) {
      this.line++;
      this.countedTo = next + 1;
      next = this.input.indexOf("\n", this.countedTo);
    }
    return this.line;
  }

  private emit(kind: TokenKind): Token {
    const at = this.start;
    this.start = this.position;
    return { kind, at, line: this.lineAt(at), text: this.input.slice(at, this.position) };
  }

  private fail(text: string): Token {
    const token: Token = { kind: "error", at: this.start, line: this.lineAt(this.start), text };
    this.input = "";
    this.start = 0;
    this.position = 0;
    this.countedTo = 0;
    return token;
  }

  private lexText(): Token {
    for (;;) {
      const found = this.input.indexOf(this.left, this.position);
      if (found < 0) {
        this.position = this.input.length;
        return this.emit(this.position > this.start ? "text" : "eof");
      }
      const text = found > this.position ? this.textBefore(found) : undefined;
      if (text !== undefined) return text;
      const token = this.lexLeftDelim();
      if (token !== undefined) return token;
    }
  }

  /** The text up to a delimiter, or undefined where trimming leaves none. */
  private textBefore(delimiter: number): Token | undefined {
    const isTrimmed = this.hasLeftTrimMarker(delimiter + this.left.length);
    const text = this.input.slice(this.start, delimiter);
    const trimmed = isTrimmed ? trimRight(text) : text;
    const token: Token = { kind: "text", at: this.start, line: this.lineAt(this.start), text: trimmed };
    this.position = delimiter;
    this.start = delimiter;
    return trimmed === "" ? undefined : token;
  }

  private hasLeftTrimMarker(at: number): boolean {
    return this.input[at] === "-" && isSpace(this.input[at + 1]);
  }

  private hasRightTrimMarker(at: number): boolean {
    return isSpace(this.input[at]) && this.input[at + 1] === "-" && this.input.startsWith(this.right, at + 2);
  }

  /** The delimiter, or undefined after a comment. */
  private lexLeftDelim(): Token | undefined {
    this.position += this.left.length;
    const marker = this.hasLeftTrimMarker(this.position) ? 2 : 0;
    if (this.input.startsWith("/*", this.position + marker)) {
      this.start = this.position + marker;
      this.position = this.start;
      return this.lexComment();
    }
    const token = this.emit("leftDelim");
    this.insideAction = true;
    this.position += marker;
    this.start = this.position;
    this.parenthesisDepth = 0;
    return token;
  }

  private lexComment(): Token | undefined {
    const end = this.input.indexOf("*/", this.position + 2);
    if (end < 0) return this.fail("unclosed comment");
    this.position = end + 2;
    const isTrimmed = this.hasRightTrimMarker(this.position);
    if (!isTrimmed && !this.input.startsWith(this.right, this.position)) {
      return this.fail("comment ends before closing delimiter");
    }
    this.skipRightDelim(isTrimmed);
    return undefined;
  }

  private skipRightDelim(isTrimmed: boolean): void {
    this.position += (isTrimmed ? 2 : 0) + this.right.length;
    if (isTrimmed) this.skip(leadingSpaces);
    this.start = this.position;
  }

  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.position;
    pattern.test(this.input);
    this.position = pattern.lastIndex;
  }

  private lexRightDelim(isTrimmed: boolean): Token {
    if (isTrimmed) this.position += 2;
    this.start = this.position;
    this.position += this.right.length;
    const token = this.emit("rightDelim");
    if (isTrimmed) this.skip(leadingSpaces);
    this.start = this.position;
    this.insideAction = false;
    return token;
  }

  private lexInsideAction(): Token {
    const isTrimmed = this.hasRightTrimMarker(this.position);
    if (isTrimmed || this.input.startsWith(this.right, this.position)) {
      return this.parenthesisDepth === 0 ? this.lexRightDelim(isTrimmed) : this.fail("unclosed left paren");
    }
    const code = this.input.codePointAt(this.position);
    // After an error there is no more input, and Go's parser has stopped asking.
    if (code === undefined) return this.fail("unclosed action");
    const char = String.fromCodePoint(code);
    if (isSpace(char)) return this.lexSpace();
    this.position += char.length;
    return this.lexToken(char);
  }

  private lexToken(char: string): Token {
    switch (char) {
      case "=":
        return this.emit("assign");
      case ":":
        if (this.input[this.position] !== "=") return this.fail("expected :=");
        this.position++;
        return this.emit("declare");
      case "|":
        return this.emit("pipe");
      case '"':
        return this.lexQuoted('"', "string", "unterminated quoted string");
      case "'":
        return this.lexQuoted("'", "charConstant", "unterminated character constant");
      case "`":
        return this.lexRawString();
      case "$":
        return this.atTerminator() ? this.emit("variable") : this.lexName("variable");
      case "(":
        this.parenthesisDepth++;
        return this.emit("leftParen");
      case ")":
        this.parenthesisDepth--;
        return this.parenthesisDepth < 0 ? this.fail("unexpected right paren") : this.emit("rightParen");
      default:
        return this.lexWordOrNumber(char);
    }
  }

  private lexWordOrNumber(char: string): Token {
    const next = this.input[this.position];
    if (char === "." && next !== undefined && (next < "0" || next > "9")) return this.lexField();
    if (char === "." || char === "+" || char === "-" || (char >= "0" && char <= "9")) {
      this.position--;
      return this.lexNumber();
    }
    if (word.test(char)) return this.lexIdentifier();
    if (char > " " && char < "\u007f") return this.emit("char");
    return this.fail(`unrecognized character in action: ${formatUnicode(char, true)}`);
  }

  private lexSpace(): Token {
    this.skip(leadingSpaces);
    if (this.input[this.position] === "-" && this.input.startsWith(this.right, this.position + 1)) {
      // The last space belongs to the trim marker.
      this.position--;
      if (this.position === this.start) return this.lexRightDelim(true);
    }
    return this.emit("space");
  }

  private lexIdentifier(): Token {
    this.skip(words);
    const text = this.input.slice(this.start, this.position);
    if (!this.atTerminator()) return this.failAtCharacter();
    if (text === "break" && !this.options.breakIsKeyword) return this.emit("identifier");
    if (text === "continue" && !this.options.continueIsKeyword) return this.emit("identifier");
    if (isKeyword(text)) return this.emit(text);
    return this.emit(text === "true" || text === "false" ? "bool" : "identifier");
  }

  private lexField(): Token {
    return this.atTerminator() ? this.emit(".") : this.lexName("field");
  }

  private lexName(kind: "field" | "variable"): Token {
    this.skip(words);
    return this.atTerminator() ? this.emit(kind) : this.failAtCharacter();
  }

  private failAtCharacter(): Token {
    const code = this.input.codePointAt(this.position) as number;
    return this.fail(`bad character ${formatUnicode(String.fromCodePoint(code), true)}`);
  }

  private atTerminator(): boolean {
    const char = this.input[this.position];
    if (char === undefined || isSpace(char) || terminators.includes(char)) return true;
    return this.input.startsWith(this.right, this.position);
  }

  private lexQuoted(quote: string, kind: TokenKind, problem: string): Token {
    for (;;) {
      const char = this.input[this.position++];
      if (char === quote) return this.emit(kind);
      if (char === undefined || char === "\n") return this.fail(problem);
      if (char !== "\\") continue;
      const escaped = this.input[this.position++];
      if (escaped === undefined || escaped === "\n") return this.fail(problem);
    }
  }

  private lexRawString(): Token {
    const end = this.input.indexOf("`", this.position);
    if (end < 0) return this.fail("unterminated raw quoted string");
    this.position = end + 1;
    return this.emit("rawString");
  }

  private lexNumber(): Token {
    if (!this.scanNumber()) return this.failNumber();
    const sign = this.input[this.position];
    if (sign !== "+" && sign !== "-") return this.emit("number");
    if (!this.scanNumber() || this.input[this.position - 1] !== "i") return this.failNumber();
    return this.emit("complex");
  }

  private failNumber(): Token {
    return this.fail(`bad number syntax: ${quoteGoString(this.input.slice(this.start, this.position))}`);
  }

  private accept(valid: string): boolean {
    const char = this.input[this.position];
    if (char === undefined || !valid.includes(char)) return false;
    this.position++;
    return true;
  }

  private acceptRun(valid: string): void {
    while (this.accept(valid));
  }

  private scanNumber(): boolean {
    this.accept("+-");
    let digits = "0123456789_";
    if (this.accept("0")) {
      if (this.accept("xX")) digits = "0123456789abcdefABCDEF_";
      else if (this.accept("oO")) digits = "01234567_";
      else if (this.accept("bB")) digits = "01_";
    }
    this.acceptRun(digits);
    if (this.accept(".")) this.acceptRun(digits);
    if (digits.length === 11) this.scanExponent("eE");
    if (digits.length === 23) this.scanExponent("pP");
    this.accept("i");
    const code = this.input.codePointAt(this.position);
    if (code === undefined || !word.test(String.fromCodePoint(code))) return true;
    // The offending character is part of the text that the error quotes.
    this.position += String.fromCodePoint(code).length;
    return false;
  }

  private scanExponent(letters: string): void {
    if (!this.accept(letters)) return;
    this.accept("+-");
    this.acceptRun("0123456789_");
  }
}
