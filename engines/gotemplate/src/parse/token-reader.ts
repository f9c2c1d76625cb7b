import { unquote } from "../fmt/quote.ts";
import { ParseError } from "../template-error.ts";
import type { Lexer } from "./lexer.ts";
import type { Tree } from "./node.ts";
import { describeToken, type Token, type TokenKind } from "./token.ts";

/** A text that is being parsed, shared by the parsers of its templates. */
export interface Source {
  readonly parseName: string;
  readonly text: string;
  readonly lexer: Lexer;
  /** Whether a function of this name exists; unknown names are errors at parse time. */
  readonly hasFunction: (name: string) => boolean;
  readonly trees: Map<string, Tree>;
}

/** Tokens with three of lookahead, and Go's errors about them. */
export class TokenReader {
  protected readonly source: Source;
  /** Line of the delimiter that began the action, 0 outside of actions. */
  protected actionLine = 0;
  private readonly tokens: Token[] = [];
  private peeked = 0;
  private lastLine = 1;

  constructor(source: Source) {
    this.source = source;
  }

  protected next(): Token {
    if (this.peeked > 0) this.peeked--;
    else this.read();
    return this.tokens[this.peeked] as Token;
  }

  private read(): void {
    const token = this.source.lexer.next();
    this.tokens[0] = token;
    this.lastLine = token.line;
  }

  protected peek(): Token {
    if (this.peeked === 0) {
      this.peeked = 1;
      this.read();
    }
    return this.tokens[this.peeked - 1] as Token;
  }

  /** Gives back the token that was read last. */
  protected backup(): void {
    this.peeked++;
  }

  protected backupTwo(token: Token): void {
    this.tokens[1] = token;
    this.peeked = 2;
  }

  protected backupThree(second: Token, first: Token): void {
    this.tokens[1] = first;
    this.tokens[2] = second;
    this.peeked = 3;
  }

  protected nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === "space") token = this.next();
    return token;
  }

  protected peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.peeked++;
    return token;
  }

  protected fail(message: string): never {
    const { parseName } = this.source;
    const line = this.lastLine;
    throw new ParseError(`template: ${parseName}:${line}: ${message}`, { template: parseName, line });
  }

  protected unexpected(token: Token, context: string): never {
    if (token.kind !== "error") return this.fail(`unexpected ${describeToken(token)} in ${context}`);
    let started = "";
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      started = ` in action started at ${this.source.parseName}:${this.actionLine}`;
      if (token.text.endsWith(" action")) started = started.slice(" in action".length);
    }
    return this.fail(token.text + started);
  }

  protected expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  protected unquoted(token: Token): string {
    return unquote(token.text) ?? this.fail("invalid syntax");
  }
}
