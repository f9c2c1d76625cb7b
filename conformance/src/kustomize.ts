import { createHash } from "node:crypto";
import { messageOf } from "@eddy/core/errors";
import { buildKustomization } from "@eddy/kustomize";
import { type CorpusCase, corpusCases } from "./kustomize/corpus.ts";
import { kustomizeSkips } from "./kustomize/skips.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** Why a build is not what upstream's is, or undefined. */
function differenceOf({ tree, path, loadRestrictor, order, expected }: CorpusCase): string | undefined {
  let text: string;
  try {
    text = buildKustomization(tree, path, { loadRestrictor, order }).text();
  } catch (error) {
    return expected === undefined ? undefined : `refused: ${messageOf(error)}`;
  }
  if (expected === undefined) return "upstream refuses this";
  if ("sha256" in expected) {
    const sha256 = createHash("sha256").update(text).digest("hex").slice(0, 20);
    return sha256 === expected.sha256 ? undefined : "the digest differs";
  }
  return text === expected.text ? undefined : firstDifference(text, expected.text);
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
    const skip = kustomizeSkips.get(one.name);
    const difference = differenceOf(one);
    if (skip !== undefined && difference === undefined)
      report.fail(one.name, `it passes, but is to be skipped: ${skip}`);
    else if (skip !== undefined) report.skip(one.name, skip);
    else if (difference === undefined) report.pass(one.name);
    else report.fail(one.name, difference);
  }
}

/** Real kustomizations and upstream's own test cases, built in both orders and compared byte for byte. */
export const suite: Suite = {
  name: "kustomize",
  summary: "real overlays against the output of kustomize 5.8.2",
  run,
};
