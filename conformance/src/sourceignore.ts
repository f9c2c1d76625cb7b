import { matcherOf, parsePattern } from "@eddy/sourceignore";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

const names = ["a", "b", "ab", "a.md", "b.md", "deploy", ".x", "a-b", "é"];
const pieces = [
  "*",
  "**",
  "?",
  "a",
  "b",
  "ab",
  "*.md",
  "a*",
  "*b",
  "[ab]",
  "[^a]",
  "[a-c]*",
  "[",
  "[a-",
  "\\a",
  "\\",
  "deploy",
  "a**",
  "",
  "é",
  "[]a]",
];

function randomLine(random: Random): string {
  const steps = Array.from({ length: 1 + random.below(4) }, () => random.pick(pieces));
  return (
    random.pick(["", "", "", "!"]) +
    random.pick(["", "", "/"]) +
    steps.join("/") +
    random.pick(["", "", "/", " ", "\\ "])
  );
}

function randomPath(random: Random): string {
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(names)).join("/");
}

async function compare(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const question = {
    Lines: Array.from({ length: 1 + random.below(4) }, () => randomLine(random)),
    Domain: random.chance(0.2) ? [random.pick(names)] : [],
    Paths: Array.from({ length: 12 }, () => ({ Path: randomPath(random), IsDir: random.chance(0.3) })),
  };
  const matcher = matcherOf(question.Lines.map((line) => parsePattern(line, question.Domain)));
  const ours = JSON.stringify(question.Paths.map(({ Path, IsDir }) => matcher.ignores(Path, IsDir)));
  const theirs = JSON.stringify(await oracle.ask<boolean[]>(question));
  if (ours === theirs) report.pass(name);
  else report.fail(name, `${JSON.stringify(question)}\n  theirs ${theirs}\n  ours   ${ours}`);
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("sourceignore", options.cacheDir);
  if (typeof oracle === "string") return report.skip("sourceignore", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `sourceignore ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compare(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random patterns and paths, judged by go-git's matcher and by ours. */
export const suite: Suite = { name: "sourceignore", summary: "ignore patterns against go-git", run };
