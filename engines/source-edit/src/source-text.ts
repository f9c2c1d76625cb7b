const breaks = /\r\n|[\n\r\u0085\u2028\u2029]/g;

/** The text of a file, and where its lines start as YAML 1.1 counts them: CR, LF, CRLF, NEL, LS and PS end a line. */
export interface SourceText {
  /** With the byte order mark, if the file has one: what is encoded again is what was read. */
  readonly text: string;
  /** The file's own line end: that of its first line; LF where there is none. */
  readonly lineEnd: string;
  /** The index of a line and column as nodes have them: both from 1, a character beyond U+FFFF counts once. */
  indexOf(line: number, column: number): number;
  /** Where the line of an index starts, behind a byte order mark. */
  lineStart(index: number): number;
  /** Where the line of an index ends, in front of its line end. */
  lineStop(index: number): number;
}

/** The text of UTF-8 bytes, or undefined for bytes that are something else. */
export function decodeSource(bytes: Uint8Array): SourceText | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  return sourceText(text);
}

/** Indexes a text. */
export function sourceText(text: string): SourceText {
  const first = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const starts = [first];
  const stops: number[] = [];
  for (const match of text.matchAll(breaks)) {
    stops.push(match.index);
    starts.push(match.index + match[0].length);
  }
  stops.push(text.length);
  const hasPairs = /[\ud800-\udbff]/.test(text);
  const lineEnd = stops.length > 1 ? text.slice(stops[0], starts[1]) : "\n";
  const lineAt = (index: number): number => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    text,
    lineEnd: /^\r?\n$/.test(lineEnd) ? lineEnd : "\n",
    indexOf(line, column) {
      let index = starts[line - 1] ?? text.length;
      if (!hasPairs) return index + column - 1;
      for (let count = 1; count < column; count++) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
      return index;
    },
    lineStart: (index) => starts[lineAt(index)] ?? 0,
    lineStop: (index) => stops[lineAt(index)] ?? text.length,
  };
}

/** A part of a text that another takes the place of. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with the edits made; they must not overlap. Insertions at one place keep their order. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((left, right) => left.start - right.start || left.end - right.end || left.order - right.order);
  let result = "";
  let at = 0;
  for (const { start, end, text: replacement } of ordered) {
    if (start < at) throw new RangeError(`edits overlap at ${start}`);
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
