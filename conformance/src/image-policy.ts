import { messageOf } from "@eddy/core/errors";
import { matchesGlob, policyOfSpec, selectTag, type ImagePolicyChoiceSpec } from "@eddy/image-policy";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Question {
  Form: "semver" | "alphabetical" | "numerical";
  Range: string;
  Order: "asc" | "desc";
  Filtered: boolean;
  Pattern: string;
  Extract: string;
  Glob: string;
  Tags: string[];
}

interface Answer {
  Outcome: string;
  Tag: string;
  Error: string;
  Globs: boolean[];
}

const ranges = [
  "*",
  "^1",
  "~1.2",
  ">=1.0.0-0",
  ">=1.0 <2 || 3.x",
  "1.2 - 2",
  "!=1.1.0",
  "<2.0.0",
  "=1.2.3",
  "x",
  "1.a",
  "",
];
const patternPieces = [
  "^",
  "$",
  "v?",
  "(?P<v>.*)",
  "(?P<n>[0-9]+)",
  "(\\d+)",
  "-",
  "main",
  ".",
  "[a-f0-9]+",
  "(a|b)",
  "\\.",
  "(?:rc)?",
];
const patterns = [
  "^main-[a-f0-9]+-(?P<ts>[0-9]+)$",
  "^(?P<v>\\d+\\.\\d+\\.\\d+)(-alpine)?$",
  "^v(?P<n>\\d+)|r(?P<n>\\d+)$",
  "(\\d+)\\.(\\d+)",
  "(",
  "a{1001}",
];
const templates = [
  "",
  "$v",
  "${v}",
  "$n",
  "$ts",
  "$1",
  "${2}",
  "$1$2",
  "$1.$2",
  "$1x",
  "$$1",
  "$",
  "${",
  "$0",
  "1.$n.0",
  "-$n",
  "$v-x",
];
const globs = ["*", "", "main-*", "*-rc*", "v*.*", "**", "a*b*c", "latest", "*1", "1*1"];

function randomTag(random: Random): string {
  const number = (): number => random.below(12);
  switch (random.below(9)) {
    case 0:
      return `main-${random.pick(["a1", "ff0", "0c"])}-${1_700_000_000 + number()}`;
    case 1:
      return `${random.pick(["", "v"])}${number()}.${number()}.${number()}`;
    case 2:
      return `${number()}.${number()}.${number()}-${random.pick(["rc.1", "rc.10", "rc.2", "alpha", "alpine", "01"])}`;
    case 3:
      return String(number());
    case 4:
      return `${number()}.${number()}`;
    case 5:
      return random.pick([
        "1e3",
        "0x1p4",
        "0x1.8p1",
        ".5",
        "5.",
        "inf",
        "Infinity",
        "1_000",
        "0x10",
        "1e999",
        "007",
        "0b1",
      ]);
    case 6:
      return `${random.pick(["v", "r", "b"])}${number()}`;
    case 7:
      return random.pick([
        "latest",
        "main",
        "abc",
        "a-b-c",
        "0.0.0",
        "v1",
        "01.2.3",
        "v2025.02.03",
        "1.0.0.1",
        "1.2-a.b",
        "18446744073709551616.0.0",
      ]);
    default:
      return `${number()}-${random.pick(["a", "b", "rc"])}${number()}`;
  }
}

function randomQuestion(random: Random): Question {
  const pieces = Array.from({ length: 1 + random.below(5) }, () => random.pick(patternPieces)).join("");
  return {
    Form: random.pick(["semver", "alphabetical", "numerical"]),
    Range: random.pick(ranges),
    Order: random.pick(["asc", "desc"]),
    Filtered: random.chance(0.6),
    Pattern: random.chance(0.5) ? random.pick(patterns) : pieces,
    Extract: random.pick(templates),
    Glob: random.pick(globs),
    // A tag begins with a letter, a digit or an underscore: what no registry has is not asked about.
    Tags: [...new Set(Array.from({ length: random.below(10) }, () => randomTag(random)))].filter((tag) =>
      /^\w/.test(tag),
    ),
  };
}

function ownAnswer({ Form, Range, Order, Filtered, Pattern, Extract, Glob, Tags }: Question): Answer {
  const policy = Form === "semver" ? { semver: { range: Range } } : { [Form]: { order: Order } };
  const spec: ImagePolicyChoiceSpec = {
    policy,
    ...(Filtered ? { filterTags: { pattern: Pattern, extract: Extract } } : {}),
  };
  const answer = { Tag: "", Error: "", Globs: Tags.map((tag) => matchesGlob(Glob, tag)) };
  try {
    const selection = selectTag(
      policyOfSpec(spec),
      Tags.map((name) => ({ name })),
    );
    if ("tag" in selection) return { ...answer, Outcome: "selected", Tag: selection.tag.name };
    return { ...answer, Outcome: selection.outcome === "spoiled" ? "not-a-number" : selection.outcome };
  } catch (error) {
    return { ...answer, Outcome: "invalid", Error: messageOf(error) };
  }
}

async function compare(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const question = randomQuestion(random);
  const [theirs, ours] = [await oracle.ask<Answer>(question), ownAnswer(question)];
  const isSame = (["Outcome", "Tag", "Error"] as const).every((field) => theirs[field] === ours[field]);
  if (isSame && theirs.Globs.join() === ours.Globs.join()) report.pass(name);
  else
    report.fail(
      name,
      `${JSON.stringify(question)}\n  theirs ${JSON.stringify(theirs)}\n  ours   ${JSON.stringify(ours)}`,
    );
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("image-policy", options.cacheDir);
  if (typeof oracle === "string") return report.skip("image-policy", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `image-policy ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compare(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random tags and ImagePolicies, selected by the libraries that Flux selects with, and by ours. */
export const suite: Suite = { name: "image-policy", summary: "tags and policies against Go's libraries", run };
