import type { Report } from "./suite.ts";

/** A case that is done on both sides. */
export interface ComparedCase {
  name: string;
  /** Why ours differs, where it is to. */
  differs?: string | undefined;
}

/** Tells whether both sides saw the same; of what differs, the lines that one has and the other has not. */
export function tellDifference(report: Report, { name, differs }: ComparedCase, theirs: unknown, ours: unknown): void {
  const [left, right] = [linesOf(theirs), linesOf(ours)];
  const isSame = left.join("\n") === right.join("\n");
  if (isSame && differs !== undefined) report.fail(name, "does not differ any more: remove the reason");
  else if (isSame) report.pass(name);
  else if (differs !== undefined) report.skip(name, differs);
  else report.fail(name, `\n  theirs only:\n${only(left, right)}\n  ours only:\n${only(right, left)}`);
}

function linesOf(value: unknown): string[] {
  return (JSON.stringify(value, null, 1) ?? "nothing").split("\n");
}

function only(lines: readonly string[], others: readonly string[]): string {
  const found = lines.filter((line) => !others.includes(line));
  // The same lines in another order: all from the first one that stands elsewhere.
  const shown =
    found.length > 0 ? found : lines.slice(lines.findIndex((line, index) => line !== others[index])).slice(0, 20);
  return shown.map((line) => `    ${line}`).join("\n");
}
