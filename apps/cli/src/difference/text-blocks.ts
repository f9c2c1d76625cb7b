import { displayWidth } from "../output/display-width.ts";

// oxlint-disable-next-line no-control-regex -- colours take no room
const colour = /\u001b\[[0-9;]*m/g;

/**
 * Texts beside each other where they fit into `width` columns, else below each other. Every row starts with the indent, and
 * no row of the table ends in spaces. Source: homeport/dyff 1.10.2 `writeTextBlocks`.
 */
export function arrangeBlocks(
  blocks: readonly string[],
  options: { indent: number; width: number; separator?: string },
): string {
  const { separator = "   " } = options;
  const indent = " ".repeat(options.indent);
  const columns = blocks.map((block) => block.split("\n"));
  const widths = columns.map((lines) => Math.max(...lines.map(widthOf)));
  const needed = options.indent + (blocks.length - 1) * separator.length + widths.reduce((sum, each) => sum + each, 0);
  if (needed > options.width)
    return columns
      .flat()
      .map((line) => `${indent}${line}\n`)
      .join("");
  const rows = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: rows }, (_, row) =>
    columns
      .map((lines, column) => {
        const line = lines[row] ?? "";
        return `${indent}${line}${" ".repeat((widths[column] ?? 0) - widthOf(line))}`;
      })
      .join(separator)
      .replace(/ +$/, ""),
  ).join("\n");
}

function widthOf(line: string): number {
  return displayWidth(line.replaceAll(colour, ""));
}
