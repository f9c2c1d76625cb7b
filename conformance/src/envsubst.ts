import { messageOf } from "@eddy/core/errors";
import { substitute } from "@eddy/envsubst";
import { type GoOracle, startGoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Question {
  text: string;
  variables: Record<string, string>;
  strict: boolean;
}

interface Answer {
  bytes?: string;
  error?: string;
  panic?: boolean;
}

const values = [
  "",
  "a",
  "abc",
  "/home/bozo/ideas/thoughts.for.today",
  "foo/bar/baz",
  "bash.string.txt",
  "ÉcOLE",
  "日本",
  "😀x",
  "a.b.c",
  "aaa",
];
const patterns = [
  "*",
  "*.",
  ".*",
  "*/",
  "?",
  "a*",
  "[a-c]",
  "[^a]*",
  "[",
  "[a",
  "\\*",
  "a",
  "abc",
  "*o*",
  "[a-z]*.",
  "?*",
  "**",
  "日",
  "[日-本]",
  "\\",
];
const pieces = [
  "$",
  "$$",
  "{",
  "}",
  "${",
  "$x",
  "\\",
  "/",
  "\\/",
  "\\\\",
  ":",
  "-",
  "=",
  "#",
  "%",
  "?",
  "+",
  ",",
  "^",
  " ",
  "\n",
  "é",
  "a",
  "1",
  "_",
  "*",
  "[",
];

/** Texts that are mostly templates, and sometimes nearly. */
class TemplateFuzzer {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  question(): Question {
    const { random } = this;
    const names = ["a", "b", "c", "long_name", "V1"];
    const set = names.filter(() => random.chance(0.7));
    const variables = Object.fromEntries(set.map((name) => [name, random.pick(values)]));
    return { text: this.text(3).toWellFormed(), variables, strict: random.chance(0.3) };
  }

  private text(most: number): string {
    const { random } = this;
    let text = "";
    for (let count = 1 + random.below(most); count > 0; count--) {
      const roll = random.next();
      if (roll < 0.6) text += this.reference(0);
      else text += roll < 0.8 ? random.pick(values) : random.pick(pieces);
    }
    if (!random.chance(0.15)) return text;
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(2));
  }

  private reference(depth: number): string {
    const { random } = this;
    const name = random.pick(["a", "b", "c", "long_name", "V1", "unset", "é", "1"]);
    const argument = (): string => this.argument(depth);
    switch (random.below(9)) {
      case 0:
        return `\${${name}}`;
      case 1:
        return `\${#${name}}`;
      case 2:
        return `\${${name}${random.pick([",", ",,", "^", "^^", ",^", "^^^"])}}`;
      case 3:
        return `\${${name}:${random.pick(["0", "1", "2", "-1", "-2", "9", "x", "+1"])}}`;
      case 4:
        return `\${${name}:${random.pick(["0", "1", "-3", "x"])}:${random.pick(["0", "1", "2", "9", "-1", "y"])}}`;
      case 5:
        return `\${${name}${random.pick(["#", "##", "%", "%%", "###"])}${random.chance(0.7) ? random.pick(patterns) : argument()}}`;
      case 6:
        return `\${${name}${random.pick(["/", "//", "/#", "/%", "/"])}${argument()}/${random.chance(0.8) ? argument() : ""}}`;
      default:
        return `\${${name}${random.pick([":-", ":=", "=", ":+", ":?", "-", "+", "?", "=="])}${argument()}${random.chance(0.3) ? argument() : ""}}`;
    }
  }

  private argument(depth: number): string {
    const { random } = this;
    const roll = random.next();
    if (depth < 3 && roll < 0.25) return this.reference(depth + 1);
    return roll < 0.7 ? random.pick(["a", "b", ".", "o", "\\/", "x y", "é", "abc", "$$", "-"]) : random.pick(pieces);
  }
}

async function run(report: Report, { cacheDir, seed, budgetMs, filter = "" }: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("envsubst", cacheDir);
  if (typeof oracle === "string") return report.skip("envsubst", oracle);
  report.note(`seed ${seed}`);
  const endMs = performance.now() + budgetMs;
  try {
    for (let number = 0; performance.now() < endMs; number++) {
      const name = `fuzz ${seed}/${number}`;
      if (!name.includes(filter)) continue;
      await compare(name, new TemplateFuzzer(new Random(seed * 1_000_003 + number)).question(), oracle, report);
    }
  } finally {
    await oracle.close();
  }
}

async function compare(name: string, question: Question, oracle: GoOracle, report: Report): Promise<void> {
  const theirs = await oracle.ask<Answer>(question);
  const ours = substituteAll(question);
  const bytes = Buffer.from(theirs.bytes ?? "", "base64");
  const text = bytes.toString("utf8");
  if (theirs.panic === true) return report.skip(name, "upstream 1.7 crashes at a negative length, 1.9 does not");
  if (ours.error?.includes("cut in half") === true)
    return report.skip(name, "upstream cuts a character in half, we refuse to");
  if ((theirs.error ?? text) === (ours.error ?? ours.text)) return report.pass(name);
  if (/:[^:}]*:-\d/.test(question.text))
    return report.skip(name, "upstream 1.7 reads a negative length in another way than 1.9");
  report.fail(
    name,
    `${JSON.stringify(question)}: ${JSON.stringify(ours)}, upstream ${JSON.stringify(theirs.error ?? text)}`,
  );
}

function substituteAll({ text, variables, strict }: Question): { text?: string; error?: string } {
  try {
    const lookup = (name: string): string | undefined => (Object.hasOwn(variables, name) ? variables[name] : undefined);
    return { text: substitute(text, lookup, { strict }) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** Random templates with all operators, nested, escaped and broken. */
export const suite: Suite = {
  name: "envsubst",
  summary: "post-build substitution against fluxcd/pkg/envsubst",
  run,
};
