import { YamlError } from "./yaml-error.ts";

/** Settings of a {@link Writer}. */
export interface WriterOptions {
  /** Columns per level. */
  indent: number;
  /** Lines are folded at the first blank beyond this column. */
  width: number;
}

/** Characters of one text: nesting indents every line, so that a megabyte of brackets writes a thousand. */
const maxWrittenLength = 64 * 1024 * 1024;

function tooLong(): YamlError {
  return new YamlError(`yaml: want at most ${maxWrittenLength} characters to write`);
}

/** A text being written, and what go-yaml's emitter remembers about the end of it. */
export class Writer {
  readonly bestIndent: number;
  readonly width: number;
  text: string = "";
  column: number = 0;
  /** Column of the current level; -1 outside of all. */
  indent: number = -1;
  /** The last thing written was a blank or a line break. */
  whitespace: boolean = true;
  /** Only indentation, `-`, `?` and `:` stand on the line. */
  indention: boolean = true;
  /** Column of a foot comment just written: an empty line follows before anything else at that column. */
  footIndent: number = -1;
  /** Written behind the next scalar, collection end or block scalar header. */
  lineComment: string = "";

  constructor(options: WriterOptions) {
    this.bestIndent = options.indent;
    this.width = options.width;
  }

  /** @throws YamlError where the whole grows too long */
  put(text: string): void {
    this.text += text;
    if (this.text.length > maxWrittenLength) throw tooLong();
    this.column += text.length;
  }

  putBreak(text: string = "\n"): void {
    this.text += text;
    this.column = 0;
    this.indention = true;
  }

  /** Goes to the indentation of the current level, on a new line unless the line has only indentation so far. */
  writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    const { column } = this;
    if (!this.indention || column > indent || (column === indent && !this.whitespace)) this.putBreak();
    if (this.footIndent === indent) this.putBreak();
    if (this.column < indent) this.put(" ".repeat(indent - this.column));
    this.whitespace = true;
    this.footIndent = -1;
  }

  /** Writes an indicator, with a blank in front where `spaced` and there is none. */
  writeIndicator(text: string, spaced: boolean, isWhitespace: boolean = false, isIndention: boolean = false): void {
    this.put(spaced && !this.whitespace ? ` ${text}` : text);
    this.whitespace = isWhitespace;
    this.indention &&= isIndention;
  }

  /** Writes a word such as an anchor, without looking at it. */
  writeWord(text: string, spaced: boolean): void {
    this.put(spaced && !this.whitespace ? ` ${text}` : text);
    this.whitespace = false;
    this.indention = false;
  }

  /** Writes a comment, each line with `#`, and ends the line. */
  writeComment(comment: string): void {
    let atLineStart = false;
    for (const line of comment.split(/(?<=[\r\n\x85\u2028\u2029])/)) {
      const text = line.replace(/[\r\n\x85\u2028\u2029]$/, "");
      if (text !== "") {
        if (atLineStart) this.writeIndent();
        this.put(text.startsWith("#") ? text : `# ${text}`);
        this.indention = false;
      }
      atLineStart = line.length > text.length;
      if (atLineStart) this.putBreak(line.slice(text.length));
    }
    if (!atLineStart) this.putBreak();
    this.whitespace = true;
  }

  /** Writes the waiting line comment, if there is one; or else a line break, where one is needed. */
  writeLineComment(needsBreak: boolean = false): void {
    if (this.lineComment === "") {
      if (needsBreak) this.putBreak();
      return;
    }
    if (!this.whitespace) this.put(" ");
    this.writeComment(this.lineComment);
    this.lineComment = "";
  }
}
