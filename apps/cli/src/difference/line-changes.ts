/** Lines that went or came, in one piece. */
export interface LineChange {
  kind: "removed" | "added";
  lines: readonly string[];
}

// A table of both texts is kept: beyond this, the whole middle is one change.
const maxCells = 4_000_000;

/**
 * What it takes to make one text of the other, line by line, with the least lines changed; of lines that stay nothing is said.
 * What went stands before what came in its place.
 */
export function lineChanges(from: string, to: string): LineChange[] {
  const [before, after] = [linesOf(from), linesOf(to)];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  const room = Math.min(before.length, after.length) - start;
  while (end < room && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (old.length * now.length > maxCells) return group(old, now, []);
  return group(old, now, commonLines(old, now));
}

// The line feed belongs to the line: a last line without one is another than with one.
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** Pairs of positions of a longest common sequence. */
function commonLines(old: readonly string[], now: readonly string[]): (readonly [number, number])[] {
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      const [below, right] = [lengths[(row + 1) * width + column], lengths[row * width + column + 1]];
      const diagonal = lengths[(row + 1) * width + column + 1] ?? 0;
      lengths[row * width + column] = old[row] === now[column] ? diagonal + 1 : Math.max(below ?? 0, right ?? 0);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let row = 0, column = 0; row < old.length && column < now.length;) {
    if (old[row] === now[column]) pairs.push([row++, column++]);
    else if ((lengths[(row + 1) * width + column] ?? 0) >= (lengths[row * width + column + 1] ?? 0)) row++;
    else column++;
  }
  return pairs;
}

function group(
  old: readonly string[],
  now: readonly string[],
  common: readonly (readonly [number, number])[],
): LineChange[] {
  const changes: LineChange[] = [];
  let [row, column] = [0, 0];
  for (const [nextRow, nextColumn] of [...common, [old.length, now.length] as const]) {
    const [removed, added] = [old.slice(row, nextRow), now.slice(column, nextColumn)];
    if (removed.length > 0) changes.push({ kind: "removed", lines: removed });
    if (added.length > 0) changes.push({ kind: "added", lines: added });
    [row, column] = [nextRow + 1, nextColumn + 1];
  }
  return changes;
}
