import type { ScalarChange } from "@eddy/source-edit";

/** A field that changed, as people are told of it. */
export interface ChangeRow {
  readonly what: string;
  readonly where: string;
  readonly from: string;
  readonly to: string;
}

/** What changed where, row by row. Pure. */
export function changeRows(changes: readonly ScalarChange[]): ChangeRow[] {
  return changes.map(({ file, line, object, oldValue, newValue }) => ({
    what: [object.kind, object.name].filter((text) => text !== "").join(" "),
    where: `${file}:${line}`,
    from: oldValue ?? "",
    to: newValue ?? "",
  }));
}

const longestCell = 300;

/** Lines of a Markdown table, none without rows. Nothing in a cell ends it, or is more than its text. Pure. */
export function formatChangeTable(rows: readonly ChangeRow[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(({ what, where, from, to }) => {
    const cells = [what, where, code(from), code(to)];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/[\r\n]+/g, " ")).join(" | ")} |`;
  });
  return ["| what | where | from | to |", "|---|---|---|---|", ...lines];
}

function code(text: string): string {
  return `\`${text.slice(0, longestCell).replaceAll("`", "'")}\``;
}
