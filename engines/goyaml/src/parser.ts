import { Composer } from "./composer.ts";
import { betweenDocuments, isBlockEnd, State } from "./parser-state.ts";
import { Scanner } from "./scanner.ts";
import { type Token, TokenType } from "./token.ts";
import type { YamlDialect } from "./yaml-dialect.ts";

interface Properties {
  start: Token;
  anchor: string;
  tag: string;
}

const defaultTagPrefixes: readonly (readonly [string, string])[] = [
  ["!", "!"],
  ["!!", "tag:yaml.org,2002:"],
];

/**
 * Reads tokens by the grammar of YAML 1.1 and hands what it finds to a {@link Composer}. It keeps its own stack, so that
 * nesting costs memory, never the stack of the process; and it peeks exactly when go-yaml does, because that decides which
 * node a comment goes to.
 */
export class Parser {
  private readonly scanner: Scanner;
  private readonly dialect: YamlDialect;
  private readonly composer: Composer;
  private readonly states: State[] = [];
  /** First tokens of the open collections, for errors. */
  private readonly starts: Token[] = [];
  private readonly tagPrefixes = new Map<string, string>();
  private state: State = State.ImplicitDocumentStart;
  private filled = false;
  private forgotten: unknown;

  constructor(text: string, dialect: YamlDialect) {
    this.scanner = new Scanner(text, dialect);
    this.dialect = dialect;
    this.composer = new Composer(dialect);
    this.peek();
    this.skip();
  }

  /** The next document, or undefined at the end of the stream. */
  next(): ReturnType<Composer["takeDocument"]> {
    while (this.state !== State.End) {
      this.step();
      if (this.forgotten !== undefined) throw this.forgotten;
      const document = this.composer.takeDocument();
      if (document !== undefined) return document;
    }
    return undefined;
  }

  private peek(): Token {
    const token = this.filled ? (this.scanner.head as Token) : this.scanner.fill();
    this.filled = true;
    const { comments } = this.scanner;
    if (comments.length > 0) this.composer.collectComments(comments, token);
    return token;
  }

  private skip(): void {
    this.scanner.shift();
    this.filled = false;
  }

  private skipAndPeek(): Token {
    this.skip();
    return this.peek();
  }

  private pop(): State {
    return this.states.pop() ?? State.End;
  }

  private fail(context: Token | undefined, problem: string, at: Token): never {
    throw this.dialect.parseError(context?.line ?? 0, at.line, problem, at.column);
  }

  private step(): void {
    switch (this.state) {
      case State.ImplicitDocumentStart:
        return this.parseDocumentStart(true);
      case State.DocumentStart:
        return this.parseDocumentStart(false);
      case State.DocumentContent:
        return this.parseDocumentContent();
      case State.DocumentEnd:
        return this.parseDocumentEnd();
      case State.BlockNode:
        return this.parseNode(true, false);
      case State.BlockSequenceFirstEntry:
        return this.parseBlockSequenceEntry(true);
      case State.BlockSequenceEntry:
        return this.parseBlockSequenceEntry(false);
      case State.IndentlessSequenceEntry:
        return this.parseIndentlessSequenceEntry();
      case State.BlockMappingFirstKey:
        return this.parseBlockMappingKey(true);
      case State.BlockMappingKey:
        return this.parseBlockMappingKey(false);
      case State.BlockMappingValue:
        return this.parseBlockMappingValue();
      case State.FlowSequenceFirstEntry:
        return this.parseFlowSequenceEntry(true);
      case State.FlowSequenceEntry:
        return this.parseFlowSequenceEntry(false);
      case State.FlowPairKey:
        return this.parseFlowPairKey();
      case State.FlowPairValue:
        return this.parseFlowPairValue();
      case State.FlowPairEnd:
        return this.parseFlowPairEnd();
      case State.FlowMappingFirstKey:
        return this.parseFlowMappingKey(true);
      case State.FlowMappingKey:
        return this.parseFlowMappingKey(false);
      case State.FlowMappingValue:
        return this.parseFlowMappingValue(false);
      case State.FlowMappingEmptyValue:
        return this.parseFlowMappingValue(true);
      case State.End:
    }
  }

  private parseDocumentStart(implicit: boolean): void {
    let token = this.peek();
    if (!implicit) while (token.type === TokenType.DocumentEnd) token = this.skipAndPeek();
    if (token.type === TokenType.StreamEnd) {
      this.state = State.End;
      return;
    }
    const start = token;
    const explicit =
      !implicit ||
      token.type === TokenType.VersionDirective ||
      token.type === TokenType.TagDirective ||
      token.type === TokenType.DocumentStart;
    token = this.parseDirectives();
    this.states.push(State.DocumentEnd);
    this.composer.openDocument(start, explicit);
    if (!explicit) {
      this.state = State.BlockNode;
      return;
    }
    if (token.type !== TokenType.DocumentStart) this.fail(undefined, "did not find expected <document start>", token);
    this.state = State.DocumentContent;
    this.skip();
  }

  private parseDirectives(): Token {
    let token = this.peek();
    let hasVersion = false;
    for (;;) {
      if (token.type === TokenType.VersionDirective) {
        if (hasVersion) this.fail(undefined, "found duplicate %YAML directive", token);
        if (token.value !== "1.1") this.fail(undefined, "found incompatible YAML document", token);
        hasVersion = true;
      } else if (token.type === TokenType.TagDirective) {
        if (this.tagPrefixes.has(token.value)) this.fail(undefined, "found duplicate %TAG directive", token);
        this.tagPrefixes.set(token.value, token.suffix);
      } else break;
      token = this.skipAndPeek();
    }
    for (const [handle, prefix] of defaultTagPrefixes) {
      if (!this.tagPrefixes.has(handle)) this.tagPrefixes.set(handle, prefix);
    }
    return token;
  }

  private parseDocumentContent(): void {
    const token = this.peek();
    if (!betweenDocuments.has(token.type)) return this.parseNode(true, false);
    this.state = this.pop();
    this.composer.addEmpty(token, 0);
  }

  private parseDocumentEnd(): void {
    if (this.peek().type === TokenType.DocumentEnd) this.skip();
    this.tagPrefixes.clear();
    this.state = State.DocumentStart;
    this.composer.closeDocument();
  }

  private parseNode(block: boolean, indentless: boolean): void {
    const first = this.peek();
    if (first.type === TokenType.Alias) {
      this.state = this.pop();
      this.composer.addAlias(first);
      return this.skip();
    }
    if (first.type !== TokenType.Anchor && first.type !== TokenType.Tag) {
      return this.parseContent(first, { start: first, anchor: "", tag: "" }, block, indentless);
    }
    const properties = this.parseProperties(first);
    this.parseContent(this.peek(), properties, block, indentless);
  }

  private parseProperties(start: Token): Properties {
    let anchor = "";
    let tag: Token | undefined;
    let token = start;
    for (let count = 0; count < 2; count++) {
      if (token.type === TokenType.Anchor && anchor === "") anchor = token.value;
      else if (token.type === TokenType.Tag && tag === undefined) tag = token;
      else break;
      token = this.skipAndPeek();
    }
    return { start, anchor, tag: tag === undefined ? "" : this.resolveTag(start, tag) };
  }

  private resolveTag(start: Token, tag: Token): string {
    if (tag.value === "") return tag.suffix;
    const prefix = this.tagPrefixes.get(tag.value);
    if (prefix === undefined) this.fail(start, "found undefined tag handle", tag);
    return prefix + tag.suffix;
  }

  private parseContent(token: Token, properties: Properties, block: boolean, indentless: boolean): void {
    const { start, anchor, tag } = properties;
    const { composer } = this;
    const type: number = token.type;
    switch (type) {
      case TokenType.Scalar:
        this.state = this.pop();
        composer.addScalar(start, token.value, token.style, anchor, tag);
        return this.skip();
      case TokenType.FlowSequenceStart:
        this.state = State.FlowSequenceFirstEntry;
        return composer.open("sequence", true, start, anchor, tag);
      case TokenType.FlowMappingStart:
        this.state = State.FlowMappingFirstKey;
        return composer.open("mapping", true, start, anchor, tag);
      case TokenType.BlockEntry:
        if (!indentless) break;
        this.state = State.IndentlessSequenceEntry;
        return composer.openIndentless(start, anchor, tag);
      case TokenType.BlockSequenceStart:
        if (!block) break;
        this.state = State.BlockSequenceFirstEntry;
        return composer.open("sequence", false, start, anchor, tag);
      case TokenType.BlockMappingStart:
        if (!block) break;
        this.state = State.BlockMappingFirstKey;
        return composer.open("mapping", false, start, anchor, tag);
      default:
    }
    if (anchor === "" && tag === "") this.fail(start, "did not find expected node content", token);
    this.state = this.pop();
    composer.addBare(start, anchor, tag);
  }

  private openCollection(): void {
    this.starts.push(this.peek());
    this.skip();
  }

  private closeCollection(takesComments: boolean): void {
    this.state = this.pop();
    this.starts.pop();
    this.composer.close(takesComments);
    this.skip();
  }

  private parseBlockSequenceEntry(first: boolean): void {
    if (first) this.openCollection();
    const token = this.peek();
    if (token.type === TokenType.BlockEntry) {
      const next = this.skipEntry();
      const empty = next.type === TokenType.BlockEntry || next.type === TokenType.BlockEnd;
      return this.parseBlockChild(empty, token, State.BlockSequenceEntry, false);
    }
    if (token.type === TokenType.BlockEnd) return this.closeCollection(false);
    this.fail(this.starts.at(-1), "did not find expected '-' indicator", token);
  }

  private parseIndentlessSequenceEntry(): void {
    const token = this.peek();
    if (token.type !== TokenType.BlockEntry) {
      this.state = this.pop();
      return this.composer.close(false);
    }
    const next = this.skipEntry();
    const empty = next.type === TokenType.BlockEntry || isBlockEnd(next);
    this.parseBlockChild(empty, token, State.IndentlessSequenceEntry, false);
  }

  /** Takes a `-`; a head comment in front of it then belongs to the collection that follows, if one does. */
  private skipEntry(): Token {
    const length = this.composer.headLength;
    this.skip();
    if (length > 0 && this.opensCollection()) this.composer.splitStem(length);
    return this.peek();
  }

  /** Upstream forgets an error here until the end of the step, so that a later one may come first. */
  private opensCollection(): boolean {
    try {
      const { type } = this.peek();
      return type === TokenType.BlockSequenceStart || type === TokenType.BlockMappingStart;
    } catch (error) {
      this.forgotten = error;
      return false;
    }
  }

  private parseBlockChild(empty: boolean, before: Token, back: State, indentless: boolean): void {
    if (empty) {
      this.state = back;
      return this.composer.addEmpty(before, before.width);
    }
    this.states.push(back);
    this.parseNode(true, indentless);
  }

  private parseBlockMappingKey(first: boolean): void {
    if (first) this.openCollection();
    const token = this.peek();
    if (token.type === TokenType.Key) {
      return this.parseBlockChild(isBlockEnd(this.skipAndPeek()), token, State.BlockMappingValue, true);
    }
    if (token.type === TokenType.BlockEnd) return this.closeCollection(true);
    this.fail(this.starts.at(-1), "did not find expected key", token);
  }

  private parseBlockMappingValue(): void {
    const token = this.peek();
    if (token.type === TokenType.Value) {
      return this.parseBlockChild(isBlockEnd(this.skipAndPeek()), token, State.BlockMappingKey, true);
    }
    this.state = State.BlockMappingKey;
    this.composer.addEmpty(token, 0);
  }

  private parseFlowChild(back: State): void {
    this.states.push(back);
    this.parseNode(false, false);
  }

  private parseFlowSequenceEntry(first: boolean): void {
    if (first) this.openCollection();
    let token = this.peek();
    if (token.type !== TokenType.FlowSequenceEnd) {
      if (!first) token = this.skipFlowEntry(token, "did not find expected ',' or ']'");
      if (token.type === TokenType.Key) {
        this.state = State.FlowPairKey;
        this.composer.openPair(token);
        return this.skip();
      }
      if (token.type !== TokenType.FlowSequenceEnd) return this.parseFlowChild(State.FlowSequenceEntry);
    }
    this.closeCollection(true);
  }

  private skipFlowEntry(token: Token, problem: string): Token {
    if (token.type !== TokenType.FlowEntry) this.fail(this.starts.at(-1), problem, token);
    return this.skipAndPeek();
  }

  private parseFlowPairKey(): void {
    const token = this.peek();
    const { type } = token;
    if (type !== TokenType.Value && type !== TokenType.FlowEntry && type !== TokenType.FlowSequenceEnd) {
      return this.parseFlowChild(State.FlowPairValue);
    }
    // go-yaml takes the `:`, `,` or `]` itself here.
    this.skip();
    this.state = State.FlowPairValue;
    this.composer.addEmpty(token, 1);
  }

  private parseFlowPairValue(): void {
    const token = this.peek();
    if (token.type === TokenType.Value) {
      const { type } = this.skipAndPeek();
      if (type !== TokenType.FlowEntry && type !== TokenType.FlowSequenceEnd)
        return this.parseFlowChild(State.FlowPairEnd);
    }
    this.state = State.FlowPairEnd;
    this.composer.addEmpty(token, 0);
  }

  private parseFlowPairEnd(): void {
    this.peek();
    this.state = State.FlowSequenceEntry;
    this.composer.close(false);
  }

  private parseFlowMappingKey(first: boolean): void {
    if (first) this.openCollection();
    let token = this.peek();
    if (token.type !== TokenType.FlowMappingEnd) {
      if (!first) token = this.skipFlowEntry(token, "did not find expected ',' or '}'");
      if (token.type === TokenType.Key) return this.parseFlowKey(this.skipAndPeek());
      if (token.type !== TokenType.FlowMappingEnd) return this.parseFlowChild(State.FlowMappingEmptyValue);
    }
    this.closeCollection(true);
  }

  private parseFlowKey(token: Token): void {
    const { type } = token;
    if (type !== TokenType.Value && type !== TokenType.FlowEntry && type !== TokenType.FlowMappingEnd) {
      return this.parseFlowChild(State.FlowMappingValue);
    }
    this.state = State.FlowMappingValue;
    this.composer.addEmpty(token, 0);
  }

  private parseFlowMappingValue(empty: boolean): void {
    let token = this.peek();
    if (!empty && token.type === TokenType.Value) {
      token = this.skipAndPeek();
      if (token.type !== TokenType.FlowEntry && token.type !== TokenType.FlowMappingEnd) {
        return this.parseFlowChild(State.FlowMappingKey);
      }
    }
    this.state = State.FlowMappingKey;
    this.composer.addEmpty(token, 0);
  }
}
