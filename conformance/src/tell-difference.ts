import { messageOf } from "@eddy/core/errors";
import type { Report } from "./suite.ts";

/** A case that is done on both sides. */
export interface ComparedCase {
  name: string;
  /** Why ours differs, where it is to. */
  differs?: string | undefined;
}

/** The same of what both sides are still to see; one that comes to no end has failed, also where the other says the same. */
export async function compareSeen(
  report: Report,
  comparedCase: ComparedCase,
  sides: readonly [theirs: Promise<unknown>, ours: Promise<unknown>],
): Promise<void> {
  const [theirs, ours] = await Promise.allSettled(sides);
  if (theirs.status === "rejected") report.fail(comparedCase.name, `theirs: ${messageOf(theirs.reason)}`);
  else if (ours.status === "rejected") report.fail(comparedCase.name, `ours: ${messageOf(ours.reason)}`);
  else tellDifference(report, comparedCase, theirs.value, ours.value);
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
