import { displayWidth } from "../output/display-width.ts";
import { neutralise } from "../output/terminal-text.ts";

/**
 * A table as Helm prints it: every cell padded to its column, tabs between, a final line feed. A cell of several lines is cut where
 * its column ends, as Helm's is. Source: gosuri/uitable 0.0.4.
 */
export function formatHelmTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => neutralise(cell)));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, ...cell.split("\n").map(displayWidth));
    }
  }
  return `${cells.map((row) => formatRow(row, widths)).join("\n")}\n`;
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const columns = row.map((cell, column) => resize(cell, widths[column] ?? 0).split("\n"));
  const height = Math.max(1, ...columns.map((lines) => lines.length));
  const lines: string[] = [];
  for (let line = 0; line < height; line++) {
    lines.push(columns.map((column, index) => resize(column[line] ?? "", widths[index] ?? 0)).join("\t"));
  }
  return lines.join("\n");
}

function resize(text: string, width: number): string {
  if (width === 0) return text;
  const own = displayWidth(text.replaceAll("\n", ""));
  if (own <= width) return text + " ".repeat(width - own);
  let kept = "";
  for (const char of text) {
    kept += char;
    if (displayWidth(kept.replaceAll("\n", "")) >= width - 3) break;
  }
  return `${kept}...`;
}
