import { CLOSE_BRACE, CLOSE_BRACKET, HASH, isBlank, isBreak, isBreakOrEnd, NUL } from "./chars.ts";
import type { Comment, CommentRole } from "./comment.ts";
import type { Scanner } from "./scanner.ts";
import { type Mark, type Token, TokenType } from "./token.ts";

/** go-yaml looks no further than this for the next line of a comment. */
const maxGap = 512;

/**
 * A line comment behind a lone `-` that opens a sequence is a head comment of what follows:
 *
 *     - # The comment
 *       - Some data
 */
export function promoteEntryComment(scanner: Scanner, code: number): void {
  const comment = scanner.comments.at(-1) as Comment;
  const { tail } = scanner;
  if (comment.role !== "line" || isBreak(code)) return;
  if (tail?.type !== TokenType.BlockEntry || tail.previous?.type !== TokenType.BlockSequenceStart) return;
  comment.role = "head";
  if (comment.start.line === scanner.line - 1) comment.tokenIndex = scanner.index;
}

/** Takes a comment behind a token on the same line, if there is one, and keeps it for the token at an index. */
export function scanLineComment(scanner: Scanner, tokenIndex: number): void {
  if (scanner.newlines > 0) return;
  let offset = 0;
  while (offset < maxGap && isBlank(scanner.peek(offset))) offset++;
  if (offset >= maxGap || scanner.peek(offset) !== HASH) return;
  scanner.index += offset;
  const start = scanner.mark();
  const text = takeLine(scanner);
  scanner.comments.push({ role: "line", text, scanIndex: 0, tokenIndex, start, endIndex: 0 });
}

/**
 * Takes the comments between two tokens and decides for each whether it is the foot of what stands before or the head of
 * what follows: by empty lines, by indentation, and by whether it follows directly.
 */
export function scanComments(scanner: Scanner, scanMark: Mark): void {
  new Gap(scanner, scanMark).scan();
}

function takeLine(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.index;
  let end = start;
  while (!isBreakOrEnd(text.charCodeAt(end))) end++;
  scanner.index = end;
  scanner.newlines = 0;
  return text.slice(start, end);
}

/** One walk over the comments in front of a token. Columns count from 1 here. */
class Gap {
  private readonly scanner: Scanner;
  private readonly before: Token;
  private readonly indent: number;
  private readonly footLine: number;
  private scanIndex: number;
  private tokenIndex: number;
  private start: Mark = { index: 0, line: 0, column: 0 };
  private text = "";
  private recentEmpty = false;
  private firstEmpty: boolean;
  private line: number;
  private column: number;

  constructor(scanner: Scanner, scanMark: Mark) {
    const last = scanner.tail as Token;
    this.scanner = scanner;
    this.before = last.type === TokenType.FlowEntry ? (last.previous ?? last) : last;
    this.indent = Math.max(scanner.indents.current, 0);
    this.footLine = footLine(scanner, scanMark);
    this.scanIndex = scanMark.index;
    this.tokenIndex = this.before.index;
    this.firstEmpty = scanner.newlines <= 1;
    this.line = scanner.line;
    this.column = scanner.column;
  }

  scan(): void {
    const { scanner } = this;
    let offset = 0;
    for (; offset < maxGap; offset++) {
      const code = codeAt(scanner, offset);
      this.column++;
      if (isBlank(code)) continue;
      const closesFlow = scanner.flowLevel > 0 && (code === CLOSE_BRACKET || code === CLOSE_BRACE);
      if (closesFlow || isBreakOrEnd(code)) {
        if (closesFlow || !this.recentEmpty) this.meetEmptyLine(closesFlow, code, scanner.index + offset);
        if (!isBreak(code)) break;
        this.firstEmpty = false;
        this.recentEmpty = true;
        this.column = 0;
        this.line++;
        continue;
      }
      if (this.text !== "" && this.isDedented() && this.column !== this.start.column) {
        this.finishFoot(scanner.index + offset);
      }
      if (code !== HASH) break;
      this.takeLineAt(offset);
      offset = 0;
    }
    if (this.text !== "") this.push("head", this.start.index, scanner.index + offset - 1);
  }

  private isDedented(): boolean {
    return this.column - 1 < this.indent;
  }

  private meetEmptyLine(closesFlow: boolean, code: number, index: number): void {
    const startsDedented = this.start.column - 1 < this.indent;
    const followsDirectly = this.start.line === this.footLine && this.before.type !== TokenType.Value;
    if (closesFlow || (this.firstEmpty && (followsDirectly || startsDedented))) {
      if (this.text === "") return;
      if (startsDedented) this.tokenIndex = this.start.index;
      this.finishFoot(index);
    } else if (this.text !== "" && code !== NUL) this.text += "\n";
  }

  private finishFoot(index: number): void {
    this.push("foot", this.tokenIndex, index);
    this.scanIndex = this.tokenIndex = index;
    this.text = "";
  }

  private takeLineAt(offset: number): void {
    const { scanner } = this;
    const index = scanner.index + offset;
    if (this.text === "") this.start = { index, line: this.line, column: this.column };
    else this.text += "\n";
    this.recentEmpty = false;
    while (scanner.index < index) {
      if (isBreak(scanner.peek())) scanner.skipBreak();
      else scanner.index++;
    }
    this.text += takeLine(scanner);
    this.column = 0;
    this.line = scanner.line;
  }

  private push(role: CommentRole, tokenIndex: number, endIndex: number): void {
    const { text, scanIndex, start } = this;
    this.scanner.comments.push({ role, text, scanIndex, tokenIndex, start, endIndex });
  }
}

/** Upstream walks over bytes: behind a line break of several bytes it meets the rest of that, which is no character. */
function codeAt(scanner: Scanner, offset: number): number {
  if (scanner.index + offset >= scanner.text.length - 1) return NUL;
  const before = offset > 0 ? scanner.peek(offset - 1) : 0;
  return before > 0x7f && isBreak(before) ? 0xfffd : scanner.peek(offset);
}

/** The line on which a comment must start to be a foot of the content before: the one below that. */
function footLine(scanner: Scanner, scanMark: Mark): number {
  if (scanMark.line === 0) return -1;
  const line = scanner.line - scanner.newlines + 1;
  return scanner.newlines === 0 && scanner.column > 1 ? line + 1 : line;
}
