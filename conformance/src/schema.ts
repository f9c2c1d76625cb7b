import { deepEqual, sortKeys, type Json, type JsonObject } from "@eddy/core/json";
import { checkStructural, createValidator, type SchemaProblem } from "@eddy/schema";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import { randomCustomResource, randomDefinition } from "./schema/random-definition.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Answer {
  structural?: SchemaProblem[];
  unknown?: string[];
  object?: JsonObject;
  problems?: SchemaProblem[];
  error?: string;
}

/** Junctors blame different alternatives of equal merit, and rules' errors are worded by another engine: compared without text. */
function comparable(problems: readonly SchemaProblem[] | undefined): Json {
  const texts = (problems ?? []).map(({ reason, field, message }) => {
    const isRuleError = /evaluating rule|rule compile error/.test(message);
    return `${reason} ${field} ${isRuleError ? "rule error" : message}`;
  });
  return texts.sort();
}

async function answer(schema: JsonObject, object: JsonObject, old: JsonObject | undefined): Promise<Answer> {
  const structural = checkStructural(schema, "schema");
  if (structural.length > 0) return { structural };
  const validator = await createValidator(schema);
  const kept = JSON.stringify([object, old]);
  const unknown = validator.unknownFields(object);
  const defaulted = validator.applyDefaults(validator.prune(object));
  const problems = validator.validate(defaulted, old);
  if (JSON.stringify([object, old]) !== kept) return { error: "an input was changed in place" };
  return { unknown, object: defaulted, problems };
}

function differenceOf(ours: Answer, theirs: Answer): string | undefined {
  if (theirs.error !== undefined || ours.error !== undefined)
    return `errors: ${ours.error ?? ""}; ${theirs.error ?? ""}`;
  if (!deepEqual(comparable(ours.structural), comparable(theirs.structural))) return "structural problems differ";
  if (!deepEqual(ours.unknown ?? [], theirs.unknown ?? [])) return "unknown fields differ";
  if (!deepEqual(sortKeys(ours.object ?? {}), theirs.object ?? {})) return "objects differ";
  return deepEqual(comparable(ours.problems), comparable(theirs.problems)) ? undefined : "problems differ";
}

async function compareOne(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const schema = randomDefinition(random);
  const first = randomCustomResource(random, schema);
  const old = random.chance(0.4) ? await storedObject(schema, first) : undefined;
  const object = randomCustomResource(random, schema, old);
  const theirs = await oracle.ask<Answer>({ schema, object, ...(old === undefined ? {} : { old }) });
  const ours = await answer(schema, object, old);
  const difference = differenceOf(ours, theirs);
  if (difference === undefined) report.pass(name);
  else report.fail(name, `${difference}\n${JSON.stringify({ schema, object, old, ours, theirs })}`);
}

const unstorable = new Set<string>(["FieldValueDuplicate", "FieldValueTypeInvalid"]);

/** An old object is a stored one: pruned and defaulted. */
async function storedObject(schema: JsonObject, object: JsonObject): Promise<JsonObject | undefined> {
  if (checkStructural(schema, "schema").length > 0) return undefined;
  const validator = await createValidator(schema);
  const stored = validator.applyDefaults(validator.prune(object));
  // What cannot have been stored, and undeclared fields, the original cannot compare with what replaces them.
  const problems = validator.validate(stored);
  const isWrong = problems.some(
    ({ reason, field }) => unstorable.has(reason) || (reason === "FieldValueRequired" && field.endsWith(".name")),
  );
  const isPossible = !isWrong && !/"(?:unknown|zz)"/.test(JSON.stringify(stored));
  return isPossible ? stored : undefined;
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("schema", options.cacheDir);
  if (typeof oracle === "string") return report.skip("schema", oracle);
  report.note(`seed ${options.seed}`);
  const until = Date.now() + options.budgetMs;
  try {
    for (let number = 0; Date.now() < until; number++) {
      const name = `schema ${options.seed}/${number}`;
      if (options.filter !== undefined && !name.includes(options.filter)) continue;
      await compareOne(new Random(options.seed * 100_003 + number), oracle, report, name);
    }
  } finally {
    await oracle.close();
  }
}

/** Random CRD schemas and custom resources, through the API server's own libraries and through ours. */
export const suite: Suite = {
  name: "schema",
  summary: "structural schemas, pruning, defaulting, validation and rules against apiextensions-apiserver",
  run,
};
