import { createHash } from "node:crypto";
import type { HelmDialect } from "@eddy/helm";
import { type Expected, helmCases, type HelmCase, unpackChart } from "./helm/corpus.ts";
import { type Outcome, renderFolder } from "./helm/render-case.ts";
import { helmSkips } from "./helm/skips.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** How a rendering stands to upstream's. */
type Verdict = "same" | { differs: string } | { notCompared: string };

function verdictOf(difference: string | undefined): Verdict {
  return difference === undefined ? "same" : { differs: difference };
}

function compare(one: HelmCase, folder: string, dialect: HelmDialect, expected: Expected | undefined): Verdict {
  const outcome = renderFolder({ ...one, folder }, dialect, 1);
  if (one.state === "error") return compareRefusals(outcome, one.error, dialect);
  if ("refusal" in outcome) return { differs: `refused: ${outcome.refusal}` };
  if (expected === undefined) return { notCompared: "the corpus has no output of this dialect" };
  if (one.state === "random") {
    if (!("text" in expected)) return { notCompared: "the output is random, and the corpus keeps only its digest" };
    const again = renderFolder({ ...one, folder }, dialect, 2);
    if ("refusal" in again) return { differs: `refused: ${again.refusal}` };
    return verdictOf(maskedDifference(outcome.text, again.text, expected.text));
  }
  if ("sha256" in expected) {
    const sha256 = createHash("sha256").update(outcome.text).digest("hex").slice(0, 20);
    return sha256 === expected.sha256 ? "same" : { differs: "the digest differs" };
  }
  return verdictOf(outcome.text.equals(expected.text) ? undefined : firstDifference(outcome.text, expected.text));
}

function compareRefusals(outcome: Outcome, error: string, dialect: HelmDialect): Verdict {
  if (!("refusal" in outcome)) return { differs: `upstream refuses this: ${error}` };
  if (!error.startsWith("Error: "))
    return { notCompared: "both refuse; the corpus keeps a line of the log in place of the words" };
  const [said = ""] = outcome.refusal.split("\n", 1);
  // Long lines are kept by their beginning.
  const isSame = error.length < 280 ? said.trim() === error.trim() : said.startsWith(error.trim());
  if (isSame) return "same";
  return dialect === "helm3"
    ? { notCompared: "both refuse, not in Helm 4's words; the corpus keeps none of Helm 3" }
    : { differs: `refused with ${JSON.stringify(said)}, upstream ${JSON.stringify(error)}` };
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
      tell(name, compare(one, folder, dialect, expected), report);
    }
  }
}

function tell(name: string, verdict: Verdict, report: Report): void {
  const skip = helmSkips.get(name);
  if (skip !== undefined && verdict === "same") report.fail(name, `it passes, but is to be skipped: ${skip}`);
  else if (skip !== undefined) report.skip(name, skip);
  else if (verdict === "same") report.pass(name);
  else if ("notCompared" in verdict) report.skip(name, verdict.notCompared);
  else report.fail(name, verdict.differs);
}

/** Real charts with real values, rendered in both dialects and compared byte for byte. */
export const suite: Suite = {
  name: "helm",
  summary: "real charts against the output of Helm 4.3.1 and 3.22.0",
  run,
};
