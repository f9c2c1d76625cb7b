import { messageOf } from "@eddy/core/errors";
import { compareVersions, formatVersion, parseConstraint, parseStrictVersion, parseVersion } from "@eddy/core/semver";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Question {
  Versions: string[];
  Range: string;
}

interface Reading {
  Loose: string;
  Strict: string;
  Checked: boolean;
  Order: number;
  Reasons: string[] | null;
}

interface Answer {
  RangeError: string;
  RangeText: string;
  Readings: Reading[];
}

const numbers = ["0", "1", "2", "3", "10", "01", "18446744073709551615", "18446744073709551616", "x", "*", "X", ""];
const prereleases = ["", "", "", "-0", "-rc.1", "-rc.2", "-alpha", "-alpha.1", "-1.a", "-01", "-a..b", "-"];
const metadata = ["", "", "", "", "+build", "+001", "+", "+a.b"];
const operators = ["", "", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", ">>", "^ "];
const joints = [" ", ", ", ",", " || ", "||", " - ", "  ", "|", ""];

function randomVersion(random: Random, plain: boolean): string {
  const count = random.pick([1, 2, 3, 3, 3, 3, 4]);
  const pool = plain && random.chance(0.9) ? numbers.slice(0, 5) : numbers;
  const parts = Array.from({ length: count }, () => random.pick(pool));
  return (
    random.pick(["", "", "v", "V"].slice(0, plain ? 3 : 4)) +
    parts.join(".") +
    random.pick(prereleases) +
    random.pick(metadata)
  );
}

function randomRange(random: Random): string {
  let text = "";
  const count = 1 + random.below(4);
  for (let number = 0; number < count; number++) {
    if (number > 0) text += random.pick(joints);
    text += random.pick(operators) + randomVersion(random, true);
  }
  return text;
}

/** What we make of the same question. */
function ownAnswer(question: Question): Answer {
  const attempt = (action: () => string): string => {
    try {
      return action();
    } catch (error) {
      return `error: ${messageOf(error)}`;
    }
  };
  const rangeText = attempt(() => parseConstraint(question.Range).toString());
  const constraint = rangeText.startsWith("error: ") ? undefined : parseConstraint(question.Range);
  const readable = question.Versions.filter(
    (text) => !attempt(() => parseVersion(text).original).startsWith("error: "),
  );
  const first = readable[0];
  return {
    RangeError: constraint ? "" : rangeText.slice(7),
    RangeText: constraint ? rangeText : "",
    Readings: question.Versions.map((text) => {
      const version = readable.includes(text) ? parseVersion(text) : undefined;
      const reasons = version && constraint ? constraint.explain(version) : [];
      return {
        Loose: attempt(() => formatVersion(parseVersion(text))),
        Strict: attempt(() => formatVersion(parseStrictVersion(text))),
        Checked: version && constraint ? constraint.check(version) : false,
        Order: version && first !== undefined ? Math.sign(compareVersions(version, parseVersion(first))) : 0,
        Reasons: reasons.length === 0 ? null : reasons,
      };
    }),
  };
}

async function compare(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const question = {
    Versions: Array.from({ length: 8 }, () => randomVersion(random, random.chance(0.8))),
    Range: randomRange(random),
  };
  const theirs = JSON.stringify(await oracle.ask<Answer>(question));
  const ours = JSON.stringify(ownAnswer(question));
  if (ours === theirs) report.pass(name);
  else report.fail(name, `${JSON.stringify(question)}\n  theirs ${theirs}\n  ours   ${ours}`);
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("semver", options.cacheDir);
  if (typeof oracle === "string") return report.skip("semver", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `semver ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compare(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random versions and ranges, read, compared and explained by Masterminds/semver and by ours. */
export const suite: Suite = { name: "semver", summary: "versions and ranges against Masterminds/semver v3", run };
