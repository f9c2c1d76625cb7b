import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { memoryTree } from "@eddy/core/tree";
import { buildKustomization } from "@eddy/kustomize";
import { randomTree, type RandomTree } from "./kustomize/random-kustomization.ts";
import { refusalDifference } from "./kustomize/refusal.ts";
import { type Outcome, runUpstream } from "./kustomize/upstream-build.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

type Order = "legacy" | "none";

function ownBuild(files: RandomTree, order: Order): Outcome {
  try {
    return { text: buildKustomization(memoryTree(files), "top", { order }).text() };
  } catch (error) {
    return { refusal: messageOf(error) };
  }
}

function differenceOf(ours: Outcome, theirs: Outcome): string | undefined {
  if ("refusal" in ours && "refusal" in theirs) return refusalDifference(ours.refusal, theirs.refusal);
  if ("refusal" in ours) return `refused: ${ours.refusal.slice(0, 400)}`;
  if ("refusal" in theirs) return `upstream refuses: ${theirs.refusal.trim().slice(-400)}`;
  if (ours.text === theirs.text) return undefined;
  const [left, right] = [ours.text.split("\n"), theirs.text.split("\n")];
  const line = left.findIndex((row, index) => row !== right[index]);
  return `line ${line + 1}: ${JSON.stringify(left[line])}, upstream ${JSON.stringify(right[line])}`;
}

/** What is no word about the files, but of upstream's own trouble. */
function upstreamFault(refusal: string): string | undefined {
  if (refusal.includes("panic: ")) return "upstream panics";
  return refusal.includes("number of previous names, number of previous namespaces, number of previous kinds not equal")
    ? "upstream trips over its own record of previous names"
    : undefined;
}

async function compare(report: Report, program: string, name: string, files: RandomTree, order: Order): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-kustomize-"));
  try {
    const theirs = await runUpstream(program, folder, files, "top", order);
    const difference = differenceOf(ownBuild(files, order), theirs);
    const why = "refusal" in theirs ? upstreamFault(theirs.refusal) : undefined;
    if (why !== undefined) report.skip(name, why);
    else if (difference === undefined) report.pass(name);
    else report.fail(name, difference);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "kustomize");
  if (program === undefined) return report.skip("kustomize-fuzz", "kustomize is not built: npm run upstream");
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  for (let number = 0; Date.now() < until; number++) {
    const name = `${options.seed}/${number}`;
    if (options.filter !== undefined && name !== options.filter) continue;
    const files = randomTree(new Random(options.seed * 100_003 + number));
    await compare(report, program, name, files, number % 2 === 0 ? "legacy" : "none");
  }
}

/** Random trees of bases, components, transformers and patches, built by the real kustomize and by ours. */
export const suite: Suite = {
  name: "kustomize-fuzz",
  summary: "random kustomizations against the kustomize binary",
  run,
};
