import { memoryTree } from "@eddy/core/tree";
import { contentHash, globPaths, parsePathPattern, walkMatches } from "@eddy/source-controller";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Answer {
  Matches: boolean[] | null;
  IsMatchError: boolean;
  Glob: string[] | null;
  IsGlobError: boolean;
  Walk: string[] | null;
  IsWalkError: boolean;
  Hash: string;
}

const names = ["a", "b", "ab", "abc", "c.yaml", "d.yml", "README.md", ".hidden", "é", "x-y", "a b"];
const pieces = [
  "*",
  "**",
  "?",
  "a",
  "b",
  "c",
  ".",
  "yaml",
  "md",
  "-",
  "é",
  "[a-c]",
  "[^a]",
  "[!b-d]",
  "{a,b}",
  "{*.md,c*}",
  "\\*",
];
const broken = ["[", "[]", "{a", "a}", "\\", "[a-", "[-a]", "{}", "{a,{b,c}}"];

function randomPath(random: Random): string {
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(names)).join("/");
}

function randomFiles(random: Random): Record<string, string> {
  const files: Record<string, string> = {};
  for (let count = random.below(10); count >= 0; count--) {
    const path = randomPath(random);
    const taken = Object.keys(files).some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (!taken) files[path] = random.pick(["", "text", "é".repeat(random.below(9_000)), "\u0000\n"]);
  }
  return files;
}

/**
 * What cannot be read stands at the end, where a class that is not closed takes no slash. Not drawn, since doublestar answers by
 * accident: two `**` in a row, and a star that stands for nothing before a last `**`.
 */
function randomPattern(random: Random): string {
  const steps: string[] = random.chance(0.1) ? ["."] : [];
  for (let count = random.below(4); count >= 0; count--) {
    const before = steps.at(-1) ?? "";
    const isDeep = !before.endsWith("*") && !before.endsWith("}") && random.chance(0.2);
    const step = Array.from({ length: 1 + random.below(3) }, () => random.pick(pieces)).join("");
    steps.push(isDeep ? "**" : step.includes("**") ? "*" : step);
  }
  if (random.chance(0.1)) steps.push(random.pick(broken));
  return steps.join("/");
}

/** What a function answers, or that it refuses. */
function attempt<Result>(action: () => Result): Result | "refused" {
  try {
    return action();
  } catch {
    return "refused";
  }
}

function sameAs(own: unknown, theirs: unknown): boolean {
  return JSON.stringify(own) === JSON.stringify(theirs);
}

/** Without the root, which is passed over, and each once: theirs goes several ways with several `**`. */
function found(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => path !== ".").sort();
}

async function compare(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const [files, pattern] = [randomFiles(random), randomPattern(random)];
  const tree = memoryTree(files);
  const paths = [...Object.keys(files), ...Array.from({ length: 6 }, () => randomPath(random))];
  const prefix = random.pick(["app", "my-artifact"]);
  // What has none of these is the path of one file or folder.
  const isGlob = /[*?[\]]/.test(pattern);
  // A class of what must not be takes a slash in doublestar, and in nothing else.
  const isCompared = !/\[[!^]/.test(pattern);
  const theirs = await oracle.ask<Answer>({ Pattern: pattern, Paths: paths, Files: files, Prefix: prefix });
  const own = {
    matches: isCompared ? attempt(() => paths.map((path) => parsePathPattern(pattern).matches(path))) : [],
    glob: isGlob ? attempt(() => globPaths(tree, pattern)) : [],
    walk: isGlob && isCompared ? attempt(() => walkMatches(tree, pattern).sort()) : [],
    hash: contentHash(tree, prefix),
  };
  const wanted = {
    matches: !isCompared ? [] : theirs.IsMatchError ? "refused" : (theirs.Matches ?? []),
    glob: !isGlob ? [] : theirs.IsGlobError ? "refused" : (theirs.Glob ?? []),
    walk: !isGlob || !isCompared ? [] : theirs.IsWalkError ? "refused" : found(theirs.Walk ?? []),
    hash: theirs.Hash,
  };
  const differences = (["matches", "glob", "walk", "hash"] as const).filter((key) => !sameAs(own[key], wanted[key]));
  if (differences.length === 0) return report.pass(name);
  const told = differences.map(
    (key) => `${key}: ours ${JSON.stringify(own[key])}, theirs ${JSON.stringify(wanted[key])}`,
  );
  report.fail(name, `${JSON.stringify(pattern)} over ${JSON.stringify(paths)}: ${told.join("; ")}`);
}

async function runSuite(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("artifact-generator", options.cacheDir);
  if (typeof oracle === "string") return report.skip("all cases", oracle);
  report.note(`seed ${options.seed}`);
  try {
    const until = Date.now() + options.budgetMs;
    for (let number = 0; Date.now() < until; number++) {
      const name = `${options.seed}/${number}`;
      if (options.filter !== undefined && name !== options.filter) continue;
      await compare(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random patterns and trees, matched and named by the libraries that Flux's source-watcher stands on and by ours. */
export const suite: Suite = {
  name: "artifact-generator",
  summary: "patterns, globs and names of generated artifacts beside the libraries of Flux's source-watcher",
  run: runSuite,
};
