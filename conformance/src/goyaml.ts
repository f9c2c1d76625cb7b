import { messageOf } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { type GoOracle, startGoOracle } from "./go-oracle.ts";
import { type Answer, answer, answerJson, comparable, goJson } from "./goyaml/answer.ts";
import { corpusTexts } from "./goyaml/corpus-texts.ts";
import { YamlFuzzer } from "./goyaml/fuzz.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** Documents beyond this many characters are long lists of the same, and cost minutes. */
const maxCorpusText = 400_000;

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("goyaml", options.cacheDir);
  if (typeof oracle === "string") return report.skip("goyaml", oracle);
  try {
    const comparison = new Comparison(oracle, report, options.filter);
    if (options.corpora === undefined) report.skip("corpora", "this clone has no shared corpora");
    else await comparison.corpora(options.corpora);
    await comparison.fuzz(options.seed, options.budgetMs);
  } finally {
    await oracle.close();
  }
}

const byChance = "upstream's answer hangs on the chance order of a Go map";

class Comparison {
  private readonly oracle: GoOracle;
  private readonly report: Report;
  private readonly filter: string;

  constructor(oracle: GoOracle, report: Report, filter: string | undefined) {
    this.oracle = oracle;
    this.report = report;
    this.filter = filter ?? "";
  }

  async corpora(folder: string): Promise<void> {
    for (const { name, text } of corpusTexts(folder)) {
      if (!name.includes(this.filter)) continue;
      if (text.length > maxCorpusText) this.report.skip(name, `more than ${maxCorpusText} characters`);
      else await this.compare(name, text);
    }
  }

  /** Texts and values by seed, until the time is over: a case is repeated by its seed and number. */
  async fuzz(seed: number, budgetMs: number): Promise<void> {
    this.report.note(`seed ${seed}`);
    const endMs = performance.now() + budgetMs;
    for (let number = 0; performance.now() < endMs; number++) {
      const fuzzer = new YamlFuzzer(new Random(seed * 1_000_003 + number));
      const name = `fuzz ${seed}/${number}`;
      if (!name.includes(this.filter)) continue;
      if (number % 4 === 3) await this.compareJson(name, fuzzer.json() as Json);
      else await this.compare(name, fuzzer.stream());
    }
  }

  private async compare(name: string, text: string): Promise<void> {
    const ours = ourAnswer(text);
    const theirs = comparable(await this.oracle.ask<Answer>({ text }));
    const field = differingField(ours, theirs);
    if (field === undefined) return this.report.pass(name);
    const reason = await this.knownReason(text, field, ours, theirs);
    if (reason !== undefined) return this.report.skip(name, reason);
    this.report.fail(name, describe(text, field, ours, theirs));
  }

  private async compareJson(name: string, value: Json): Promise<void> {
    const ours = comparable(answerJson(value));
    const text = goJson(value);
    const theirs = comparable(await this.oracle.ask<Answer>({ text, json: true }));
    const field = differingField(ours, theirs);
    if (field === undefined) this.report.pass(name);
    else if (await this.answersAlso({ text, json: true }, field, ours)) this.report.skip(name, byChance);
    else this.report.fail(name, describe(text, field, ours, theirs));
  }

  /** Why upstream's answer is not held against ours, if it is not. */
  private async knownReason(
    text: string,
    field: keyof Answer,
    ours: Answer,
    theirs: Answer,
  ): Promise<string | undefined> {
    if (theirs[field]?.includes("runtime error") === true) return "upstream crashes inside";
    if (await this.answersAlso({ text }, field, ours)) return byChance;
    if (text.includes("!!binary") && ours[field]?.includes("\ufffd") === true)
      return "bytes that are no character order otherwise";
    if (withoutEmptyPlaces(ours.nodes) === withoutEmptyPlaces(theirs.nodes) && ours.nodes !== theirs.nodes) {
      return "upstream reads the place of an empty value after overwriting it";
    }
    const withoutMarks = text.replaceAll("\ufeff", "\u2060");
    if (withoutMarks !== text && (await this.agreeOn(withoutMarks)))
      return "upstream looks for byte order marks in the wrong place";
    if (text.includes("\r\n") && (await this.agreeOn(`#x\r\n${text}`)))
      return "upstream misreads CR LF at the end of its buffer";
    const bothRefuse = field.endsWith("Error") && ours[field] !== undefined && theirs[field] !== undefined;
    return bothRefuse ? "of two errors in a broken text another one is told" : undefined;
  }

  /** Go's maps have no order: keys that differ only in type, or contradict each other in order, come out by chance. */
  private async answersAlso(question: object, field: keyof Answer, ours: Answer): Promise<boolean> {
    // The first key of a small map comes first most of the time.
    for (let count = 0; count < 300; count++) {
      const again = comparable(await this.oracle.ask<Answer>(question));
      if (again[field] === ours[field]) return true;
    }
    return false;
  }

  private async agreeOn(text: string): Promise<boolean> {
    return differingField(ourAnswer(text), comparable(await this.oracle.ask<Answer>({ text }))) === undefined;
  }
}

function withoutEmptyPlaces(nodes: string | undefined): string | undefined {
  return nodes?.replaceAll(/scalar \d+:\d+ style=0 tag="!!null"$/gm, "empty");
}

function ourAnswer(text: string): Answer {
  try {
    return comparable(answer(text));
  } catch (error) {
    return { nodesError: `crash: ${messageOf(error)}` };
  }
}

function differingField(ours: Answer, theirs: Answer): keyof Answer | undefined {
  const fields = new Set([...Object.keys(ours), ...Object.keys(theirs)]) as Set<keyof Answer>;
  for (const field of fields) if ((ours[field] ?? "") !== (theirs[field] ?? "")) return field;
  return undefined;
}

function describe(text: string, field: keyof Answer, ours: Answer, theirs: Answer): string {
  const [our, their] = [(ours[field] ?? "").split("\n"), (theirs[field] ?? "").split("\n")];
  const line = Math.max(
    our.findIndex((row, index) => row !== their[index]),
    0,
  );
  const shown = text.length > 400 ? `${text.length} characters` : JSON.stringify(text);
  return `${field} of ${shown}, line ${line + 1}: ${JSON.stringify(our[line])}, upstream ${JSON.stringify(their[line])}`;
}

/** Every YAML text of the corpora and random ones: nodes with comments, output of both emitters, values and errors. */
export const suite: Suite = {
  name: "goyaml",
  summary: "reading and writing YAML against go-yaml v3 and sigs.k8s.io/yaml",
  run,
};
