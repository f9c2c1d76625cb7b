import type { FileTree } from "@eddy/core/tree";

const contextLines = 2;
const longestLine = 400;

/** The lines of a unified diff of files against what a tree has, in the order of paths; cut after `maxLines`. Pure. */
export function formatDiff(tree: FileTree, files: ReadonlyMap<string, Uint8Array>, maxLines: number): string[] {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  for (const path of [...files.keys()].toSorted()) {
    if (lines.length > maxLines) break;
    const before = linesOf(decoder.decode(tree.read(path) ?? new Uint8Array()));
    const after = linesOf(decoder.decode(files.get(path)));
    lines.push(`--- a/${path}`, `+++ b/${path}`);
    for (const hunk of hunksOf(before, after)) lines.push(...formatHunk(hunk, before, after));
  }
  if (lines.length <= maxLines) return lines.map(cut);
  return [...lines.slice(0, maxLines).map(cut), "(cut here)"];
}

function cut(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Lines that go and come; ends are exclusive, lines count from 0. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  if (before.length !== after.length) return [differingMiddle(before, after)];
  // A scalar changes within its line: line by line nothing has to be searched.
  const hunks: Hunk[] = [];
  for (const [at, line] of before.entries()) {
    if (line === after[at]) continue;
    const last = hunks.at(-1);
    const joins = last !== undefined && at - last.to <= 2 * contextLines;
    if (joins) hunks.pop();
    const from = joins ? last.from : at;
    hunks.push({ from, to: at + 1, newFrom: from, newTo: at + 1 });
  }
  return hunks;
}

function differingMiddle(before: readonly string[], after: readonly string[]): Hunk {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { from: head, to: before.length - tail, newFrom: head, newTo: after.length - tail };
}

function formatHunk({ from, to, newFrom, newTo }: Hunk, before: readonly string[], after: readonly string[]): string[] {
  const lead = before.slice(Math.max(0, from - contextLines), from);
  const trail = before.slice(to, to + contextLines);
  const around = lead.length + trail.length;
  const header = `@@ -${from - lead.length + 1},${to - from + around} +${newFrom - lead.length + 1},${newTo - newFrom + around} @@`;
  return [
    header,
    ...lead.map(kept),
    ...changed(before.slice(from, to), after.slice(newFrom, newTo)),
    ...trail.map(kept),
  ];
}

function kept(line: string): string {
  return ` ${line}`;
}

/** Runs of lines that differ; what is the same between two close ones is context. */
function changed(before: readonly string[], after: readonly string[]): string[] {
  if (before.length !== after.length) return [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  const lines: string[] = [];
  let [gone, come]: [string[], string[]] = [[], []];
  const flush = (): void => {
    lines.push(...gone, ...come);
    [gone, come] = [[], []];
  };
  for (const [at, line] of before.entries()) {
    if (line === after[at]) {
      flush();
      lines.push(kept(line));
    } else {
      gone.push(`-${line}`);
      come.push(`+${after[at] ?? ""}`);
    }
  }
  flush();
  return lines;
}
