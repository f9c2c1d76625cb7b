import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eddy/core/errors";
import { memoryTree } from "@eddy/core/tree";
import { buildKustomization } from "@eddy/kustomize";
import { edgeCases } from "./kustomize/edge-cases.ts";
import { randomTree, type RandomTree } from "./kustomize/random-kustomization.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const runFile = promisify(execFile);
type Order = "legacy" | "none";
type Outcome = { text: string } | { refusal: string };

const topOf = (files: Readonly<RandomTree>): string => ("top/kustomization.yaml" in files ? "top" : "");

async function upstreamBuild(
  program: string,
  folder: string,
  files: Readonly<RandomTree>,
  order: Order,
): Promise<Outcome> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  try {
    const { stdout } = await runFile(program, ["build", "--reorder", order, join(folder, topOf(files))], {
      maxBuffer: 1 << 26,
      timeout: 30_000,
    });
    return { text: stdout };
  } catch (error) {
    return { refusal: (error as { stderr?: string }).stderr ?? messageOf(error) };
  }
}

function ownBuild(files: Readonly<RandomTree>, order: Order): Outcome {
  try {
    return { text: buildKustomization(memoryTree(files), topOf(files), { order }).text() };
  } catch (error) {
    return { refusal: messageOf(error) };
  }
}

function differenceOf(ours: Outcome, theirs: Outcome): string | undefined {
  if ("refusal" in ours) return "refusal" in theirs ? undefined : `refused: ${ours.refusal.slice(0, 400)}`;
  if ("refusal" in theirs) return `upstream refuses: ${theirs.refusal.trim().slice(-400)}`;
  if (ours.text === theirs.text) return undefined;
  const [left, right] = [ours.text.split("\n"), theirs.text.split("\n")];
  const line = left.findIndex((row, index) => row !== right[index]);
  return `line ${line + 1}: ${JSON.stringify(left[line])}, upstream ${JSON.stringify(right[line])}`;
}

async function compare(report: Report, program: string, name: string, files: Readonly<RandomTree>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-kustomize-"));
  const order = name.length % 2 === 0 ? "legacy" : "none";
  try {
    const theirs = await upstreamBuild(program, folder, files, order);
    const difference = differenceOf(ownBuild(files, order), theirs);
    if ("refusal" in theirs && theirs.refusal.includes("panic: ")) report.skip(name, "upstream panics");
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
  for (const { name, files } of edgeCases) {
    if (options.filter === undefined || name.includes(options.filter)) await compare(report, program, name, files);
  }
  const until = Date.now() + options.budgetMs;
  for (let number = 0; Date.now() < until; number++) {
    const name = `${options.seed}/${number}`;
    if (options.filter !== undefined && name !== options.filter) continue;
    await compare(report, program, name, randomTree(new Random(options.seed * 100_003 + number)));
  }
}

/** Random trees of bases, components, transformers and patches, built by the real kustomize and by ours. */
export const suite: Suite = {
  name: "kustomize-fuzz",
  summary: "random kustomizations against the kustomize binary",
  run,
};
