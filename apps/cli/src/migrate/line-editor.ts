/** Lines of a text, each with its line end: joined, they are the text again. */
export type Lines = string[];

/** Splits a text after each line feed. */
export function splitLines(text: string): Lines {
  return text.split(/(?<=\n)/);
}

/** Spaces that a line starts with. */
export function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** Whether a line holds nothing, or only a comment. */
export function isEmptyLine(line: string): boolean {
  const text = line.trimStart();
  return text === "" || text.startsWith("#");
}

/** The line further to the right, or to the left for a negative number; empty lines stay as they are. */
export function shiftLine(line: string, columns: number): string {
  if (line.trim() === "" || columns === 0) return line;
  return columns > 0 ? " ".repeat(columns) + line : line.slice(Math.min(-columns, indentOf(line)));
}

/**
 * Where the field of a block mapping ends whose key stands at the start of line `first`, `indent` spaces in: the number of the
 * line behind it. Empty lines and comments at its end belong to what follows.
 */
export function endOfField(lines: Lines, first: number, indent: number): number {
  let end = first + 1;
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === "") continue;
    const own = indentOf(line);
    if (own < indent || (own === indent && !/^ *- /.test(line) && !/^ *-\s*$/.test(line))) break;
    end = at + 1;
  }
  while (end > first + 1 && isEmptyLine(lines[end - 1] ?? "") && indentOf(lines[end - 1] ?? "") <= indent) end--;
  return end;
}
