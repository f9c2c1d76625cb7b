import { displayWidth } from "./display-width.ts";
import { neutralise } from "./terminal-text.ts";

/**
 * A table as Flux prints it: no borders, header in upper case, every cell padded to its column and followed by a tab. A
 * cell of several lines takes several lines. An empty header prints none; without rows and header the text is empty.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines: string[][][] = [
    ...(header.length === 0 ? [] : [header.map((cell) => [cell.toUpperCase()])]),
    ...rows.map((row) => row.map((cell) => neutralise(cell).split("\n"))),
  ];
  const widths: number[] = [];
  for (const row of lines) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, ...cell.map(displayWidth));
  }
  return lines.map((row) => formatRow(row, widths)).join("");
}

function formatRow(row: readonly (readonly string[])[], widths: readonly number[]): string {
  const height = Math.max(1, ...row.map((cell) => cell.length));
  let text = "";
  for (let line = 0; line < height; line++) {
    for (const [column, cell] of row.entries()) {
      const part = cell[line] ?? "";
      text += `${part}${" ".repeat((widths[column] ?? 0) - displayWidth(part))}\t`;
    }
    text += "\n";
  }
  return text;
}
