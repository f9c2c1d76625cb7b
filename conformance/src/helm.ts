import { createHash } from "node:crypto";
import type { HelmDialect } from "@eddy/helm";
import { type Expected, helmCases, type HelmCase, unpackChart } from "./helm/corpus.ts";
import { type Outcome, renderFolder } from "./helm/render-case.ts";
import { helmSkips } from "./helm/skips.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** Why a rendering is not upstream's, or undefined. */
function differenceOf(
  one: HelmCase,
  folder: string,
  dialect: HelmDialect,
  expected: Expected | undefined,
): string | undefined {
  const outcome = renderFolder({ ...one, folder }, dialect, 1);
  if (one.state === "error") return refusalDifference(outcome, one.error, dialect);
  if ("refusal" in outcome) return `refused: ${outcome.refusal}`;
  if (expected === undefined) return undefined;
  if (one.state === "random") {
    if (!("text" in expected)) return undefined;
    const again = renderFolder({ ...one, folder }, dialect, 2);
    return "refusal" in again ? `refused: ${again.refusal}` : maskedDifference(outcome.text, again.text, expected.text);
  }
  if ("sha256" in expected) {
    const sha256 = createHash("sha256").update(outcome.text).digest("hex").slice(0, 20);
    return sha256 === expected.sha256 ? undefined : "the digest differs";
  }
  return outcome.text.equals(expected.text) ? undefined : firstDifference(outcome.text, expected.text);
}

function refusalDifference(outcome: Outcome, error: string, dialect: HelmDialect): string | undefined {
  if (!("refusal" in outcome)) return `upstream refuses this: ${error}`;
  // A line of the log came first; and Helm 3's words are not kept.
  if (!error.startsWith("Error: ") || dialect === "helm3") return undefined;
  const [said = ""] = outcome.refusal.split("\n", 1);
  // Long lines are kept by their beginning.
  const isSame = error.length < 280 ? said.trim() === error.trim() : said.startsWith(error.trim());
  return isSame ? undefined : `refused with ${JSON.stringify(said)}, upstream ${JSON.stringify(error)}`;
}

function firstDifference(text: Buffer, expected: Buffer): string {
  const [ours, theirs] = [text.toString().split("\n"), expected.toString().split("\n")];
  const line = ours.findIndex((row, index) => row !== theirs[index]);
  const at = line < 0 ? ours.length : line;
  return `line ${at + 1}: ${JSON.stringify(ours[at])}, upstream ${JSON.stringify(theirs[at])}`;
}

/** Lines that differ between two of our own runs are not compared. */
function maskedDifference(first: Buffer, second: Buffer, expected: Buffer): string | undefined {
  const [ours, again, theirs] = [first, second, expected].map((text) => text.toString().split("\n"));
  if (ours === undefined || again === undefined || theirs === undefined) return undefined;
  const line = ours.findIndex((row, index) => row === again[index] && row !== theirs[index]);
  if (line >= 0) return `line ${line + 1}: ${JSON.stringify(ours[line])}, upstream ${JSON.stringify(theirs[line])}`;
  return ours.length === theirs.length ? undefined : `${ours.length} lines, upstream ${theirs.length}`;
}

async function run(report: Report, { corpora, cacheDir, filter }: SuiteOptions): Promise<void> {
  if (corpora === undefined) return report.skip("helm", "this clone has no shared corpora");
  for (const one of helmCases(corpora, cacheDir)) {
    if (filter !== undefined && !one.name.includes(filter)) continue;
    const folder = unpackChart(corpora, one);
    for (const dialect of ["helm4", "helm3"] as const) {
      const expected = one[dialect];
      if (dialect === "helm3" && one.state === "ok" && expected === undefined) continue;
      const name = `${one.name} (${dialect})`;
      const skip = helmSkips.get(name);
      const difference = differenceOf(one, folder, dialect, expected);
      if (skip !== undefined && difference === undefined) report.fail(name, `it passes, but is to be skipped: ${skip}`);
      else if (skip !== undefined) report.skip(name, skip);
      else if (difference === undefined) report.pass(name);
      else report.fail(name, difference);
    }
  }
}

/** Real charts with real values, rendered in both dialects and compared byte for byte. */
export const suite: Suite = {
  name: "helm",
  summary: "real charts against the output of Helm 4.3.1 and 3.22.0",
  run,
};
