import { createHash } from "node:crypto";
import { messageOf } from "@eddy/core/errors";
import { buildKustomization } from "@eddy/kustomize";
import { type CorpusCase, corpusCases } from "./kustomize/corpus.ts";
import { compareWithKept } from "./kustomize/refusal.ts";
import { kustomizeSkips } from "./kustomize/skips.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** How a build stands to upstream's. */
type Verdict = "same" | { differs: string } | { notCompared: string };

function compare({ tree, path, loadRestrictor, order, expected, refusal }: CorpusCase): Verdict {
  let text: string;
  try {
    text = buildKustomization(tree, path, { loadRestrictor, order }).text();
  } catch (error) {
    if (expected !== undefined) return { differs: `refused: ${messageOf(error)}` };
    const verdict = compareWithKept(messageOf(error), refusal);
    return typeof verdict === "object" || verdict === "same" ? verdict : { notCompared: verdict };
  }
  if (expected === undefined) return { differs: "upstream refuses this" };
  if ("sha256" in expected) {
    const sha256 = createHash("sha256").update(text).digest("hex").slice(0, 20);
    return sha256 === expected.sha256 ? "same" : { differs: "the digest differs" };
  }
  return text === expected.text ? "same" : { differs: firstDifference(text, expected.text) };
}

function firstDifference(text: string, expected: string): string {
  const [ours, theirs] = [text.split("\n"), expected.split("\n")];
  const line = ours.findIndex((row, index) => row !== theirs[index]);
  const at = line < 0 ? ours.length : line;
  return `line ${at + 1}: ${JSON.stringify(ours[at])}, upstream ${JSON.stringify(theirs[at])}`;
}

async function run(report: Report, { corpora, cacheDir, filter }: SuiteOptions): Promise<void> {
  if (corpora === undefined) return report.skip("kustomize", "this clone has no shared corpora");
  for (const one of corpusCases(corpora, cacheDir)) {
    if (filter !== undefined && !one.name.includes(filter)) continue;
    tell(one.name, compare(one), report);
  }
}

function tell(name: string, verdict: Verdict, report: Report): void {
  const skip = kustomizeSkips.get(name);
  if (skip !== undefined && verdict === "same") report.fail(name, `it passes, but is to be skipped: ${skip}`);
  else if (skip !== undefined) report.skip(name, skip);
  else if (verdict === "same") report.pass(name);
  else if ("notCompared" in verdict) report.skip(name, verdict.notCompared);
  else report.fail(name, verdict.differs);
}

/** Real kustomizations and upstream's own test cases, built in both orders and compared byte for byte. */
export const suite: Suite = {
  name: "kustomize",
  summary: "real overlays against the output of kustomize 5.8.2",
  run,
};
