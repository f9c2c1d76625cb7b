import {
  AMPERSAND,
  ASTERISK,
  AT,
  BACKTICK,
  BANG,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  DASH,
  DOT,
  DOUBLE_QUOTE,
  GREATER,
  HASH,
  isBlank,
  isBlankOrEnd,
  isBreak,
  LF,
  NUL,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  PIPE,
  QUESTION,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from "./chars.ts";
import type { Comment } from "./comment.ts";
import { Indents } from "./indents.ts";
import { scanBlockScalar } from "./scan-block-scalar.ts";
import { promoteEntryComment, scanComments, scanLineComment } from "./scan-comments.ts";
import { scanDirective } from "./scan-directive.ts";
import { scanPlainScalar } from "./scan-plain-scalar.ts";
import { scanAnchor, scanTag } from "./scan-properties.ts";
import { scanQuotedScalar } from "./scan-quoted-scalar.ts";
import { type Mark, Token, TokenType } from "./token.ts";
import type { YamlDialect } from "./yaml-dialect.ts";

/** The token that starts here may turn out to be a mapping key, if a `:` follows on its line. */
interface SimpleKey extends Mark {
  possible: boolean;
  /** Nothing else may stand here, so that a missing `:` is an error. */
  required: boolean;
  token: Token | undefined;
}

/** A key without `?` is at most this many characters long (YAML 1.2, 7.4.2). */
const maxKeyLength = 1024;

/**
 * Turns a text into tokens, as go-yaml's scanner does: block structure becomes start and end tokens, keys get a key token
 * in front. It reads two tokens ahead in v3, because comments find their node only then.
 */
export class Scanner {
  /** The text, ended by NUL. */
  readonly text: string;
  readonly dialect: YamlDialect;
  readonly indents: Indents;
  readonly comments: Comment[] = [];
  index: number = 0;
  line: number = 0;
  lineStart: number = 0;
  /** Line breaks since the last character that is not blank. */
  newlines: number = 0;
  flowLevel: number = 0;
  /** Whether a simple key may start at the next token. */
  keyAllowed: boolean = true;
  head: Token | undefined = undefined;
  tail: Token | undefined = undefined;
  private queued = 0;
  /** Where the search for the next token began. */
  private readonly scanMark: Mark = { index: 0, line: 0, column: 0 };
  private readonly hasPairs: boolean;
  /** Up to where the pairs of a line were counted. */
  private readonly pairs = { lineStart: 0, index: 0, count: 0 };
  private readonly lookahead: number;
  private readonly keys: SimpleKey[] = [noKey()];

  constructor(text: string, dialect: YamlDialect) {
    this.text = `${text}\0`;
    this.hasPairs = /[\ud800-\udbff]/.test(text);
    this.dialect = dialect;
    this.indents = new Indents(dialect);
    this.lookahead = dialect.comments ? 2 : 0;
    if (text.charCodeAt(0) === 0xfeff) this.lineStart = this.index = 1;
    this.append(this.token(TokenType.StreamStart));
  }

  /** Characters in front on this line; those beyond U+FFFF count once. */
  get column(): number {
    const column = this.index - this.lineStart;
    return this.hasPairs ? column - this.countPairs() : column;
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column };
  }

  /** A token that starts here. */
  token(type: TokenType, width: number = 0): Token {
    return new Token(type, this.index, this.line, this.column, width);
  }

  /** The character at an offset from the current one; NaN behind the end. */
  peek(offset: number = 0): number {
    return this.text.charCodeAt(this.index + offset);
  }

  /** The next token, which stays in the queue. */
  fill(): Token {
    for (;;) {
      const enough = this.queued > this.lookahead || this.tail?.type === TokenType.StreamEnd;
      if (enough && !this.headMayBeKey()) return this.head as Token;
      this.fetch();
    }
  }

  /** Takes the next token from the queue. */
  shift(): void {
    const token = this.head as Token;
    this.head = token.next;
    if (this.head === undefined) this.tail = undefined;
    token.previous = undefined;
    token.queued = false;
    this.queued--;
  }

  /** Fails with what go-yaml says, at the start of what was being scanned and at the current place. */
  fail(contextLine: number, problem: string): never {
    throw this.dialect.scanError(contextLine, this.line, problem, this.column);
  }

  append(token: Token): void {
    this.queued++;
    token.previous = this.tail;
    if (this.tail === undefined) this.head = token;
    else this.tail.next = token;
    this.tail = token;
  }

  /** Takes one line break. */
  skipBreak(): void {
    this.index += this.peek() === CR && this.peek(1) === LF ? 2 : 1;
    this.line++;
    this.lineStart = this.index;
    this.newlines++;
  }

  skipBlanks(): void {
    while (isBlank(this.peek())) this.index++;
  }

  /** Whether `---` or `...` stands alone at the start of a line here. */
  atDocumentIndicator(): boolean {
    if (this.index !== this.lineStart) return false;
    const code = this.peek();
    if (code !== DASH && code !== DOT) return false;
    return this.peek(1) === code && this.peek(2) === code && isBlankOrEnd(this.peek(3));
  }

  private countPairs(): number {
    const { pairs } = this;
    if (pairs.lineStart !== this.lineStart || pairs.index > this.index) {
      pairs.lineStart = pairs.index = this.lineStart;
      pairs.count = 0;
    }
    for (; pairs.index < this.index; pairs.index++) {
      if ((this.text.charCodeAt(pairs.index) & 0xfc00) === 0xd800) pairs.count++;
    }
    return pairs.count;
  }

  private insertBefore(next: Token | undefined, token: Token): void {
    if (next === undefined || !next.queued) return this.append(token);
    this.queued++;
    token.next = next;
    token.previous = next.previous;
    if (next.previous !== undefined) next.previous.next = token;
    if (this.head === next) this.head = token;
    next.previous = token;
  }

  private headMayBeKey(): boolean {
    const token = this.head as Token;
    if (token.keyLevel < 0) return false;
    // Upstream asks whichever key is pending at that level now.
    const key = this.keys[token.keyLevel];
    return key !== undefined && token.keyLevel <= this.flowLevel && this.isValidKey(key);
  }

  private isValidKey(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.line === this.line && key.index + maxKeyLength >= this.index) return true;
    if (key.required) this.fail(key.line, "could not find expected ':'");
    key.possible = false;
    return false;
  }

  private saveKey(): void {
    if (!this.keyAllowed) return;
    this.removeKey();
    const key = this.keys[this.flowLevel] as SimpleKey;
    key.possible = true;
    key.required = this.flowLevel === 0 && this.indents.current === this.column;
    key.index = this.index;
    key.line = this.line;
    key.column = this.column;
    key.token = undefined;
  }

  private removeKey(): void {
    const key = this.keys[this.flowLevel] as SimpleKey;
    if (!key.possible) return;
    if (key.required) this.fail(key.line, "could not find expected ':'");
    key.possible = false;
    forgetKey(key);
  }

  /** Appends the token for which {@link saveKey} was called. */
  private appendKeyCandidate(token: Token, level: number): void {
    const key = this.keys[level] as SimpleKey;
    if (key.possible && key.token === undefined) {
      key.token = token;
      token.keyLevel = level;
    }
    this.append(token);
  }

  private fetch(): void {
    const { scanMark } = this;
    scanMark.index = this.index;
    scanMark.line = this.line;
    scanMark.column = this.column;
    this.skipToNextToken(scanMark);
    this.unroll(this.column, scanMark);
    const code = this.peek();
    if (code === NUL && this.index >= this.text.length - 1) return this.fetchStreamEnd();
    if (this.index === this.lineStart) {
      if (code === PERCENT) return this.fetchDirective();
      if (this.atDocumentIndicator()) return this.fetchDocumentIndicator(code);
    }
    const commentIndex = this.lineCommentOwner(code);
    this.fetchContent(code);
    // A comment behind a lone `-` belongs to what follows.
    if (this.dialect.comments && this.tail?.type !== TokenType.BlockEntry) scanLineComment(this, commentIndex);
  }

  /** A comment behind `:` or `,` belongs to the token before. */
  private lineCommentOwner(code: number): number {
    const follows = this.flowLevel === 0 ? code === COLON : code === COMMA;
    return follows && this.tail !== undefined ? this.tail.index : this.index;
  }

  private fetchContent(code: number): void {
    const spaced = isBlankOrEnd(this.peek(1));
    const inFlow = this.flowLevel > 0;
    this.newlines = 0;
    switch (code) {
      case OPEN_BRACKET:
        return this.fetchFlowStart(TokenType.FlowSequenceStart);
      case OPEN_BRACE:
        return this.fetchFlowStart(TokenType.FlowMappingStart);
      case CLOSE_BRACKET:
        return this.fetchFlowEnd(TokenType.FlowSequenceEnd);
      case CLOSE_BRACE:
        return this.fetchFlowEnd(TokenType.FlowMappingEnd);
      case COMMA:
        return this.fetchFlowEntry();
      case DASH:
        if (spaced) return this.fetchBlockEntry();
        break;
      case QUESTION:
        if (spaced || inFlow) return this.fetchKey();
        break;
      case COLON:
        if (spaced || inFlow) return this.fetchValue();
        break;
      case ASTERISK:
      case AMPERSAND:
        return this.fetchKeyCandidate(scanAnchor);
      case BANG:
        return this.fetchKeyCandidate(scanTag);
      case PIPE:
      case GREATER:
        if (!inFlow) return this.fetchBlockScalar(code === PIPE);
        break;
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
        return this.fetchKeyCandidate(scanQuotedScalar);
      default:
    }
    if (!startsPlain(code, this.peek(1), inFlow)) this.fail(this.line, "found character that cannot start any token");
    this.fetchKeyCandidate(scanPlainScalar);
  }

  private skipToNextToken(scanMark: Mark): void {
    for (;;) {
      let code = this.peek();
      while (code === SPACE || (code === TAB && (this.flowLevel > 0 || !this.keyAllowed))) {
        this.index++;
        code = this.peek();
      }
      if (this.comments.length > 0) promoteEntryComment(this, code);
      if (code === HASH) {
        this.skipComment(scanMark);
        code = this.peek();
      }
      if (!isBreak(code)) return;
      this.skipBreak();
      if (this.flowLevel === 0) this.keyAllowed = true;
    }
  }

  private skipComment(scanMark: Mark): void {
    if (this.dialect.comments) return scanComments(this, scanMark);
    while (!isBreak(this.peek()) && this.index < this.text.length - 1) this.index++;
  }

  private unroll(column: number, scanMark: Mark): void {
    if (this.flowLevel > 0 || this.indents.current <= column) return;
    for (const mark of this.indents.unroll(column, scanMark, this.comments)) {
      if (!this.dialect.comments) this.append(this.token(TokenType.BlockEnd));
      else this.append(new Token(TokenType.BlockEnd, mark.index, mark.line, mark.column, 0));
    }
  }

  /** Starts a block collection in front of a token, if this column is deeper than the last one. */
  private roll(type: TokenType, mark: Mark, before: Token | undefined): void {
    if (this.flowLevel > 0 || !this.indents.roll(mark.column)) return;
    if (this.indents.tooDeep) this.fail(this.line, `exceeded max depth of ${this.dialect.maxDepth}`);
    this.insertBefore(before, new Token(type, mark.index, mark.line, mark.column, 0));
  }

  private rollHere(type: TokenType): void {
    if (this.flowLevel === 0 && this.indents.current < this.column) this.roll(type, this.mark(), undefined);
  }

  private take(type: TokenType, width: number): Token {
    const token = this.token(type, width);
    this.index += width;
    return token;
  }

  private fetchStreamEnd(): void {
    if (this.index !== this.lineStart) {
      this.lineStart = this.index;
      this.line++;
    }
    this.leaveBlocks();
    this.append(this.token(TokenType.StreamEnd));
  }

  private leaveBlocks(): void {
    this.unroll(-1, this.mark());
    this.removeKey();
    this.keyAllowed = false;
  }

  private fetchDirective(): void {
    this.leaveBlocks();
    this.newlines = 0;
    this.append(scanDirective(this));
  }

  private fetchDocumentIndicator(code: number): void {
    this.leaveBlocks();
    this.newlines = 0;
    this.append(this.take(code === DASH ? TokenType.DocumentStart : TokenType.DocumentEnd, 3));
  }

  private fetchFlowStart(type: TokenType): void {
    this.saveKey();
    const level = this.flowLevel++;
    if (this.keys.length <= this.flowLevel) this.keys.push(noKey());
    const inner = this.keys[this.flowLevel] as SimpleKey;
    inner.possible = false;
    if (this.flowLevel > this.dialect.maxDepth) this.fail(this.line, `exceeded max depth of ${this.dialect.maxDepth}`);
    this.keyAllowed = true;
    const token = this.take(type, 1);
    // Upstream takes this for the inner level's key, so that an empty collection does not wait for its own `:`.
    inner.token = token;
    this.appendKeyCandidate(token, level);
  }

  private fetchFlowEnd(type: TokenType): void {
    this.removeKey();
    if (this.flowLevel > 0) forgetKey(this.keys[this.flowLevel--] as SimpleKey);
    this.keyAllowed = false;
    this.append(this.take(type, 1));
  }

  private fetchFlowEntry(): void {
    this.removeKey();
    this.keyAllowed = true;
    this.append(this.take(TokenType.FlowEntry, 1));
  }

  private fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) this.fail(this.line, "block sequence entries are not allowed in this context");
      this.rollHere(TokenType.BlockSequenceStart);
    }
    this.removeKey();
    this.keyAllowed = true;
    this.append(this.take(TokenType.BlockEntry, 1));
  }

  private fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) this.fail(this.line, "mapping keys are not allowed in this context");
      this.rollHere(TokenType.BlockMappingStart);
    }
    this.removeKey();
    this.keyAllowed = this.flowLevel === 0;
    this.append(this.take(TokenType.Key, 1));
  }

  private fetchValue(): void {
    const key = this.keys[this.flowLevel] as SimpleKey;
    if (this.isValidKey(key)) this.insertKey(key);
    else {
      if (this.flowLevel === 0) {
        if (!this.keyAllowed) this.fail(this.line, "mapping values are not allowed in this context");
        this.rollHere(TokenType.BlockMappingStart);
      }
      this.keyAllowed = this.flowLevel === 0;
    }
    this.append(this.take(TokenType.Value, 1));
  }

  private insertKey(key: SimpleKey): void {
    const token = new Token(TokenType.Key, key.index, key.line, key.column, 0);
    this.insertBefore(key.token, token);
    this.roll(TokenType.BlockMappingStart, key, token);
    key.possible = false;
    forgetKey(key);
    this.keyAllowed = false;
  }

  private fetchKeyCandidate(scan: (scanner: Scanner) => Token): void {
    this.saveKey();
    this.keyAllowed = false;
    this.appendKeyCandidate(scan(this), this.flowLevel);
  }

  private fetchBlockScalar(literal: boolean): void {
    this.removeKey();
    this.keyAllowed = true;
    this.append(scanBlockScalar(this, literal));
  }
}

function noKey(): SimpleKey {
  return { possible: false, required: false, token: undefined, index: 0, line: 0, column: 0 };
}

function forgetKey(key: SimpleKey): void {
  if (key.token !== undefined) key.token.keyLevel = -1;
}

/** Whether a plain scalar may start with a character, which is none of the cases before. */
function startsPlain(code: number, next: number, inFlow: boolean): boolean {
  switch (code) {
    case DASH:
      return !isBlank(next);
    case QUESTION:
    case COLON:
      return !inFlow && !isBlankOrEnd(next);
    case COMMA:
    case OPEN_BRACKET:
    case CLOSE_BRACKET:
    case OPEN_BRACE:
    case CLOSE_BRACE:
    case HASH:
    case AMPERSAND:
    case ASTERISK:
    case BANG:
    case PIPE:
    case GREATER:
    case SINGLE_QUOTE:
    case DOUBLE_QUOTE:
    case PERCENT:
    case AT:
    case BACKTICK:
      return false;
    default:
      return !isBlankOrEnd(code);
  }
}
