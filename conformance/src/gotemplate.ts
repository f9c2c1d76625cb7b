import { Buffer } from "node:buffer";
import { messageOf } from "@eddy/core/errors";
import {
  BudgetError,
  encodeGoString,
  type GoValue,
  type MissingKey,
  sprint,
  sprintf,
  sprintln,
  TemplateSet,
} from "@eddy/gotemplate";
import { type GoOracle, startGoOracle } from "./go-oracle.ts";
import { FormatFuzzer, TemplateFuzzer, ValueFuzzer } from "./gotemplate-fuzzer.ts";
import { encodeValue, functions } from "./gotemplate-values.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Answer {
  bytes?: string;
  error?: string;
  panic?: boolean;
}

interface Case {
  question: unknown;
  shown: string;
  ours(): string;
}

async function run(report: Report, { cacheDir, seed, budgetMs, filter = "" }: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("gotemplate", cacheDir);
  if (typeof oracle === "string") return report.skip("gotemplate", oracle);
  report.note(`seed ${seed}`);
  const endMs = performance.now() + budgetMs;
  try {
    for (let number = 0; performance.now() < endMs; number++) {
      const name = `fuzz ${seed}/${number}`;
      if (!name.includes(filter)) continue;
      const random = new Random(seed * 1_000_003 + number);
      await compare(name, random.chance(0.6) ? templateCase(random) : formatCase(random), oracle, report);
    }
  } finally {
    await oracle.close();
  }
}

function encodeText(text: string): string {
  return Buffer.from(encodeGoString(text)).toString("base64");
}

function templateCase(random: Random): Case {
  const fuzzer = new TemplateFuzzer(random);
  const texts = [{ name: "main.yaml", text: fuzzer.template() }];
  if (random.chance(0.3)) texts.unshift({ name: "first.yaml", text: fuzzer.template() });
  const data = random.chance(0.9) ? new ValueFuzzer(random).map(0) : new ValueFuzzer(random).value(0);
  const missingKey = random.pick<MissingKey>(["default", "zero", "zero", "error"]);
  const [left, right] = random.chance(0.03) ? ["[[", "]]"] : ["", ""];
  const shaped = left === "" ? texts : texts.map(({ name, text }) => ({ name, text: withBrackets(text) }));
  return {
    question: {
      texts: shaped.map(({ name, text }) => ({ name, text: encodeText(text) })),
      left,
      right,
      missingKey,
      data: encodeValue(data),
    },
    shown: JSON.stringify({ texts: shaped, missingKey, data: encodeValue(data) }),
    ours() {
      const set = new TemplateSet(functions, { name: "set", leftDelimiter: left, rightDelimiter: right });
      for (const { name, text } of shaped) set.parse(name, text);
      return set.execute("main.yaml", data, { missingKey, maxSteps: 100_000 });
    },
  };
}

function withBrackets(text: string): string {
  return text.replaceAll("{{", "[[").replaceAll("}}", "]]");
}

function formatCase(random: Random): Case {
  const fuzzer = new ValueFuzzer(random);
  const values: GoValue[] = Array.from({ length: random.below(4) }, () => fuzzer.value(random.below(3)));
  const print = random.pick(["printf", "printf", "printf", "printf", "print", "println"]);
  const format = new FormatFuzzer(random).format();
  const printers: Record<string, () => string> = {
    print: () => sprint(values),
    println: () => sprintln(values),
    printf: () => sprintf(format, values),
  };
  const args = values.map(encodeValue);
  return {
    question: { print, format: encodeText(format), args },
    shown: JSON.stringify({ print, format, args }),
    ours: printers[print] as () => string,
  };
}

/** The one address that we print, in the bases of verbs. */
const address = /c000000000|824633720832|14000000000000|1{2}0{38}|addresses differ/i;

async function compare(name: string, { question, shown, ours }: Case, oracle: GoOracle, report: Report): Promise<void> {
  const mine = resultOf(ours);
  if (mine === undefined) return report.skip(name, "it would not end");
  const answer = await oracle.ask<Answer>(question);
  const theirs = outcome(answer);
  if (answer.panic === true) return report.skip(name, "upstream panics");
  if (address.test(mine)) return report.skip(name, "upstream prints an address");
  if (theirs === mine) return report.pass(name);
  report.fail(name, `${shown}\n    ours     ${JSON.stringify(mine)}\n    upstream ${JSON.stringify(theirs)}`);
}

/** Bytes as latin1 text, so that they can be compared and shown. */
function outcome({ bytes = "", error }: Answer): string {
  if (error !== undefined) return `error: ${Buffer.from(error, "base64").toString("latin1")}`;
  return Buffer.from(bytes, "base64").toString("latin1");
}

/** What our engine says, or undefined where it ran out of its budget. */
function resultOf(ours: () => string): string | undefined {
  try {
    return Buffer.from(encodeGoString(ours())).toString("latin1");
  } catch (error) {
    if (error instanceof BudgetError) return undefined;
    return `error: ${Buffer.from(encodeGoString(messageOf(error))).toString("latin1")}`;
  }
}

/** Random templates, data and formats. */
export const suite: Suite = {
  name: "gotemplate",
  summary: "templates and formats against Go's text/template and fmt",
  run,
};
