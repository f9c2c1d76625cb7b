import { gunzipSync } from "node:zlib";
import { compareText } from "@eddy/core/json";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { packTree, unpackTree } from "@eddy/runtime/artifact";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Entry {
  Path: string;
  IsDir: boolean;
  Executable: boolean;
  Content: string;
}

const steps = [
  "a",
  "b.yaml",
  "deploy",
  "é",
  "x".repeat(60),
  "y".repeat(99),
  "z".repeat(101),
  "ü".repeat(60),
  "-",
  "a b",
];

function randomFiles(random: Random): Record<string, string> {
  const files: Record<string, string> = {};
  for (let number = random.below(8); number >= 0; number--) {
    const path = Array.from({ length: 1 + random.below(4) }, (_, depth) => `${depth}${random.pick(steps)}`).join("/");
    const taken = Object.keys(files).some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (!taken) files[path] = "content ".repeat(random.below(200));
  }
  return files;
}

/** What Go's `filepath.Walk` would meet. */
function* walk(tree: FileTree, path: string): Generator<Entry> {
  const kind = tree.kindOf(path);
  const isDir = kind === "directory";
  yield {
    Path: path === "" ? "." : path,
    IsDir: isDir,
    Executable: tree.isExecutable?.(path) ?? false,
    Content: isDir ? "" : Buffer.from(tree.read(path) ?? []).toString(),
  };
  for (const name of [...(tree.list(path) ?? [])].sort(compareText))
    yield* walk(tree, path === "" ? name : `${path}/${name}`);
}

async function compare(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const files = randomFiles(random);
  const tree: FileTree = {
    ...memoryTree(files),
    isExecutable: (path) => files[path] !== undefined && path.includes("deploy"),
  };
  const archive = await packTree(tree);
  const theirs = Buffer.from(await oracle.ask<string>(Array.from(walk(tree, ""))), "base64");
  const ours = gunzipSync(archive);
  const back = await unpackTree(archive);
  const same = JSON.stringify(Array.from(walk(back, ""))) === JSON.stringify(Array.from(walk(tree, "")));
  if (!same) report.fail(name, `${JSON.stringify(Object.keys(files))} does not come back`);
  else if (ours.equals(theirs)) report.pass(name);
  else
    report.fail(
      name,
      `${JSON.stringify(Object.keys(files))}: bytes differ at ${firstDifference(ours, theirs)} of ${theirs.length}`,
    );
}

function firstDifference(left: Buffer, right: Buffer): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) if (left[at] !== right[at]) return at;
  return -1;
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("artifact", options.cacheDir);
  if (typeof oracle === "string") return report.skip("artifact", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `artifact ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compare(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random trees as tar streams, written by Go's archive/tar and by ours. */
export const suite: Suite = { name: "artifact", summary: "tar streams of artifacts against Go's archive/tar", run };
