import { displayWidth } from "./display-width.ts";
import { neutralise } from "./terminal-text.ts";

/** A cell's missing lines, where a neighbour has more of them, are two spaces wide at least. */
const missingLine = "  ";

/**
 * A table as Flux prints it: no borders, header in upper case, every cell padded to its column and followed by a tab, but
 * the header's last by a space. A cell of several lines takes several lines. An empty header prints none. Source:
 * fluxcd/flux2 pkg/printers with tablewriter 0.0.5.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = header.map((cell) => cell.toUpperCase());
  const lines = rows.map((row) => row.map((cell) => neutralise(cell).split("\n")));
  const widths = titles.map(displayWidth);
  for (const row of lines) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, ...cell.map(displayWidth));
  }
  return formatHeader(titles, widths) + lines.map((row) => formatRow(row, widths)).join("");
}

function formatHeader(titles: readonly string[], widths: readonly number[]): string {
  return titles.length === 0 ? "" : `${titles.map((title, column) => padded(title, widths[column])).join("\t")} \n`;
}

function formatRow(row: readonly (readonly string[])[], widths: readonly number[]): string {
  const height = Math.max(1, ...row.map((cell) => cell.length));
  let text = "";
  for (let line = 0; line < height; line++) {
    for (const [column, cell] of row.entries()) text += `${padded(cell[line] ?? missingLine, widths[column])}\t`;
    text += "\n";
  }
  return text;
}

function padded(text: string, width: number = 0): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
