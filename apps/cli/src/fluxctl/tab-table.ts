import { displayWidth } from "../output/display-width.ts";
import { neutralise } from "../output/terminal-text.ts";

const padding = 2;

/**
 * Rows as Go's text/tabwriter aligns them with a padding of two blanks: every cell but a row's last is padded to its column, also an
 * empty one. All rows have the same number of cells.
 */
export function formatTabTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => neutralise(cell, { oneLine: true })));
  const widths: number[] = [];
  for (const row of shown)
    for (const [column, cell] of row.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell) + padding);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell)),
      )
      .join("");
  return shown.map((row) => `${line(row)}\n`).join("");
}
