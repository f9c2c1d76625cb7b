import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import {
  type FunctionTable,
  goFunction,
  type GoFunction,
  type GoValue,
  helmFunctions,
  seededRandomness,
  TemplateSet,
  decodeGoString,
  toValidText,
} from "@eddy/gotemplate";
import { type GoOracle, startGoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import { compareCertificates } from "./sprig/certificates.ts";
import { specialArguments } from "./sprig/arguments.ts";
import { decodeValue, type Encoded, encodeValue, withoutNilMark } from "./sprig/go-values.ts";
import { knownDifference, neverSucceeding, unrepeatable } from "./sprig/differences.ts";
import { encodeData, ValueFuzzer } from "./sprig/values.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Question {
  Template: string;
  Data: Encoded;
  Helm: 3 | 4;
}

interface Answer {
  Output: string;
  Value: Encoded | null;
  Data: Encoded | null;
  Error: string;
  Panic: string;
  Names: string[] | null;
}

/** What both answer, in one form. */
interface Outcome {
  error?: string;
  output?: string;
  value?: Encoded;
  data?: Encoded;
}

const clock = systemClock;
const tables: Readonly<Record<3 | 4, FunctionTable>> = {
  3: helmFunctions({ dialect: "helm3", clock, randomness: seededRandomness("3") }),
  4: helmFunctions({ dialect: "helm4", clock, randomness: seededRandomness("4") }),
};

function ownOutcome({ Template, Data, Helm }: Question): Outcome {
  let value: Encoded | undefined;
  const capture: GoFunction = goFunction(["any"], "string", (_, captured) => {
    value = encodeValue(captured);
    return "";
  });
  const data: GoValue = decodeValue(Data);
  try {
    const set = new TemplateSet({ ...tables[Helm], capture });
    set.parse("t", Template);
    const output = set.execute("t", data, { missingKey: "zero" });
    return { output, ...(value === undefined ? {} : { value }), data: encodeValue(data) };
  } catch (error) {
    return { error: toValidText(messageOf(error)) };
  }
}

function theirOutcome({ Output, Value, Data, Error: error, Panic }: Answer): Outcome {
  if (error !== "" || Panic !== "") return { error: error + Panic };
  return {
    output: decodeGoString(Buffer.from(Output, "base64")),
    ...(Value === null ? {} : { value: withoutNilMark(Value) }),
    ...(Data === null ? {} : { data: withoutNilMark(Data) }),
  };
}

/** What a result is handed to, because nil, empty and typed values show there. */
const sinks = [
  "toJson",
  "toJson",
  "toYaml",
  "toYamlPretty",
  "toPrettyJson",
  "toRawJson",
  "toToml",
  "toString",
  "quote",
  "squote",
  "cat",
  "kindOf",
  "typeOf",
  "empty",
  'default "x"',
  "toStrings | toJson",
  "deepCopy | toJson",
  'printf "%v %T" 1',
  'printf "%d %s %q" 1 2',
  "list | toYaml",
  'dict "k" | toYaml',
  'dict "k" | toToml',
  "deepEqual (list)",
  "deepEqual $.v0",
  "has 1",
  "list | has $.v0",
  "first | toJson",
  "rest | toJson",
  "reverse | toJson",
  "uniq | toJson",
  "compact | toJson",
  "sortAlpha | toJson",
  'join ","',
  "float64",
  "int",
  "int64",
  "toDecimal",
  "len",
  "not",
  "eq 1",
  'eq "a"',
  "html",
  "print",
  "ternary 1 2",
  "merge (dict) | toJson",
  "append (list 1) | toJson",
  "concat (list) | toJson",
  'toDate "2006-01-02"',
] as const;

/** A call of a function with values of its parameters' types, now and then of others, too few or too many. */
function question(name: string, { params, variadic }: GoFunction, random: Random, seed: number): Question {
  const fuzzer = new ValueFuzzer(random, seed % 4 === 0);
  let count = params.length;
  if (variadic) count += random.below(4) - 1;
  if (random.chance(0.02)) count += random.chance(0.5) ? 1 : -1;
  const special = random.chance(0.75) ? specialArguments(name, random, fuzzer) : undefined;
  const types = Array.from(
    { length: Math.max(0, count) },
    (_, index) => params[Math.min(index, params.length - 1)]?.name ?? "interface {}",
  );
  const values = types.map((type, index) => special?.[index] ?? fuzzer.of(type));
  const call = [name, ...types.map((type, index) => argument(type, index, random))].join(" ");
  const template = `{{ capture (${call}) }}{{ ${call} | ${random.pick(sinks)} }}`;
  return { Template: template, Data: encodeData(values), Helm: random.chance(0.2) ? 3 : 4 };
}

/** Mostly what the data holds; no data is a time or an unsigned number, so that the template says these itself. */
function argument(type: string, index: number, random: Random): string {
  const isWritten = random.chance(0.8);
  if (isWritten && type === "time.Time") {
    const [year, month, day, hour] = [
      random.below(4_000),
      1 + random.below(12),
      1 + random.below(28),
      random.below(24),
    ];
    const text = [String(year).padStart(4, "0"), ...[month, day, hour].map((part) => String(part).padStart(2, "0"))];
    return `(toDate "2006-01-02-15" "${text.join("-")}")`;
  }
  if (isWritten && type === "uint32") return String(random.below(random.chance(0.5) ? 10 : 2 ** 32));
  return `$.v${index}`;
}

function describe(asked: Question, theirs: Outcome, ours: Outcome): string {
  const values = JSON.stringify((asked.Data.items ?? []).map(readable));
  return `${asked.Template} with ${values}\n  theirs ${JSON.stringify(readableOutcome(theirs))}\n  ours   ${JSON.stringify(readableOutcome(ours))}`;
}

function readableOutcome(outcome: Outcome): unknown {
  const { value, data, ...rest } = outcome;
  return { ...rest, value: value && readable(value), data: data && readable(data) };
}

/** An encoded value for a reader. */
function readable({ kind, text, items, keys, ...rest }: Encoded): unknown {
  if (kind === "string") return decodeGoString(Buffer.from(text ?? "", "base64"));
  const inner = items?.map(readable);
  if (keys === undefined) return inner === undefined ? { [kind]: text ?? null, ...rest } : { [kind]: inner };
  return {
    [kind]: Object.fromEntries(keys.map((key, index) => [Buffer.from(key, "base64").toString(), inner?.[index]])),
  };
}

async function compareNames(oracle: GoOracle, report: Report): Promise<void> {
  for (const helm of [3, 4] as const) {
    const { Names } = await oracle.ask<Answer>({ Helm: helm, Names: true, Data: { kind: "nil" } });
    const theirs = [...(Names ?? [])].sort().join(" ");
    const ours = Object.keys(tables[helm]).sort().join(" ");
    const name = `functions of Helm ${helm}`;
    if (ours === theirs) report.pass(name);
    else report.fail(name, `theirs ${theirs}\n  ours   ${ours}`);
  }
}

/** True if upstream's function succeeded. */
async function compare(name: string, asked: Question, oracle: GoOracle, report: Report): Promise<boolean> {
  let theirs = theirOutcome(await oracle.ask<Answer>(asked));
  let ours = ownOutcome(asked);
  if (JSON.stringify(theirs) !== JSON.stringify(ours)) {
    // Once more: what shows the time may have been asked at the end of a second.
    theirs = theirOutcome(await oracle.ask<Answer>(asked));
    ours = ownOutcome(asked);
  }
  tell(name, { asked, theirs, ours }, report);
  return theirs.error === undefined;
}

function tell(
  name: string,
  { asked, theirs, ours }: { asked: Question; theirs: Outcome; ours: Outcome },
  report: Report,
): void {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return report.pass(name);
  const data = JSON.stringify(readable(asked.Data));
  const said = JSON.stringify(readableOutcome(theirs));
  const why = knownDifference({ template: asked.Template, data, said, theirs, ours });
  if (why !== undefined) return report.skip(name, why);
  report.fail(name, describe(asked, theirs, ours));
}

/** So many questions decide whether a function's arguments ever reach further than to its refusal. */
const decidingQuestions = 100;

/** Refusals alone compare no result: each function must have succeeded once. */
function checkSuccesses(name: string, answers: readonly boolean[], report: Report): void {
  const hasSuccess = answers.includes(true);
  if (neverSucceeding.has(name)) {
    if (hasSuccess) report.fail(name, "it succeeds, but is said never to do so");
  } else if (!hasSuccess) {
    report.fail(name, `none of ${answers.length} questions was answered with a result: only refusals were compared`);
  }
}

async function run(report: Report, { cacheDir, seed, budgetMs, filter = "" }: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("sprig", cacheDir);
  if (typeof oracle === "string") return report.skip("sprig", oracle);
  report.note(`seed ${seed}`);
  try {
    await compareNames(oracle, report);
    if (filter === "" || "certificates".includes(filter)) {
      await compareCertificates(oracle, report, { secret: helmFunctions(), seeded: tables[4] });
    }
    const endMs = performance.now() + budgetMs;
    const names = Object.keys(tables[4]).filter((name) => !unrepeatable.has(name) && name.includes(filter));
    const answers = new Map<string, boolean[]>(names.map((name) => [name, []]));
    const isOver = (): boolean => performance.now() >= endMs;
    for (let round = 0; names.length > 0 && (!isOver() || round < decidingQuestions); round++) {
      for (const [index, name] of names.entries()) {
        // After the time only for those whose results were not seen yet.
        if (isOver() && (neverSucceeding.has(name) || answers.get(name)?.includes(true))) continue;
        const random = new Random(seed * 1_000_003 + round * 1_009 + index);
        const asked = question(name, tables[4][name] as GoFunction, random, round);
        if (asked.Helm === 3 && !Object.hasOwn(tables[3], name)) asked.Helm = 4;
        const isSuccess = await compare(`${name} ${seed}/${round}`, asked, oracle, report);
        answers.get(name)?.push(isSuccess);
      }
    }
    for (const [name, successes] of answers) checkSuccesses(name, successes, report);
  } finally {
    await oracle.close();
  }
}

/** Every function with random arguments of right and wrong types: values, types, effects on arguments, and error texts. */
export const suite: Suite = { name: "sprig", summary: "template functions against sprig's and Helm's own", run };
