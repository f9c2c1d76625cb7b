import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type EdgeCase, edgeCases } from "./kustomize/edge-cases.ts";
import { runUpstream } from "./kustomize/upstream-build.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { repositoryRoot, upstreamProgram } from "./upstream.ts";

const goldenFile = join(repositoryRoot, "engines/kustomize/src/testdata/golden.json");

interface Golden extends EdgeCase {
  path: string;
  text?: string;
  refusal?: string;
}

async function goldenOf(program: string, { name, files }: EdgeCase): Promise<Golden> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-kustomize-"));
  const path = "top/kustomization.yaml" in files ? "top" : "";
  try {
    const outcome = await runUpstream(program, folder, files, path, "legacy");
    if ("text" in outcome) return { name, files, path, text: outcome.text };
    const lines = outcome.refusal
      .replaceAll(folder, "")
      .replaceAll(/0x[0-9a-f]+/g, "0x")
      .split("\n");
    const refusal = lines.find((line) => line.startsWith("Error: ")) ?? "refused";
    return { name, files, path, refusal: refusal.slice(0, 200) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readGoldens(): Golden[] {
  try {
    return JSON.parse(readFileSync(goldenFile, "utf8")) as Golden[];
  } catch {
    return [];
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "kustomize");
  if (program === undefined) return report.skip("kustomize-golden", "kustomize is not built: npm run upstream");
  const goldens: Golden[] = [];
  for (const one of edgeCases) goldens.push(await goldenOf(program, one));
  const stored = new Map(readGoldens().map((one) => [one.name, JSON.stringify(one)]));
  for (const golden of goldens) {
    if (stored.get(golden.name) === JSON.stringify(golden)) report.pass(golden.name);
    else if (process.env["UPDATE_GOLDENS"] === "1") report.note(`rewrote ${golden.name}`);
    else report.fail(golden.name, "the stored output is not what kustomize prints: run with UPDATE_GOLDENS=1");
  }
  if (process.env["UPDATE_GOLDENS"] !== "1") return;
  mkdirSync(dirname(goldenFile), { recursive: true });
  writeFileSync(goldenFile, `${JSON.stringify(goldens, null, 1)}\n`);
}

/** What the engine's own tests take for upstream's output, asked of upstream again. */
export const suite: Suite = {
  name: "kustomize-golden",
  summary: "the stored outputs of kustomize against the kustomize binary (UPDATE_GOLDENS=1 rewrites them)",
  run,
};
