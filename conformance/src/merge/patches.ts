import { applyJsonPatch, applyMergePatch, MergeError } from "@eddy/merge";
import { deepEqual, type Json, type JsonObject } from "@eddy/core/json";
import type { GoOracle } from "../go-oracle.ts";
import type { Random } from "../random.ts";
import type { Report } from "../suite.ts";
import type { Answer } from "./ownership.ts";

const keys = ["a", "b", "c/d", "e~f", "__proto__", "0"];

function randomJson(random: Random, depth = 0): Json {
  const count = random.below(4);
  switch (random.below(depth > 3 ? 4 : 7)) {
    case 0:
      return random.pick(["x", "y", ""]);
    case 1:
      return random.below(3);
    case 2:
      return random.chance(0.5);
    case 3:
      return null;
    case 4:
      return Array.from({ length: count }, () => randomJson(random, depth + 1) ?? "null items make the original panic");
    default:
      return randomMap(random, depth);
  }
}

function randomMap(random: Random, depth: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.pick(keys), randomJson(random, depth + 1)]),
  );
}

function randomPointer(random: Random, document: Json): string {
  let pointer = "";
  let current: Json | undefined = document;
  while (typeof current === "object" && current !== null && random.chance(0.75)) {
    const key: string = Array.isArray(current)
      ? random.pick([String(random.below(current.length + 1)), "0", "-", "-1", "+1", "01", "x"])
      : random.pick([...Object.keys(current), random.pick(keys)]);
    pointer += `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    current = (current as Record<string, Json>)[key];
  }
  return pointer;
}

function randomOperation(random: Random, document: Json): Json {
  const op = random.pick(["add", "add", "remove", "replace", "move", "copy", "test", "nonsense"]);
  const operation: JsonObject = { op, path: randomPointer(random, document) };
  if (op === "move" || op === "copy") operation.from = randomPointer(random, document);
  if (random.chance(0.95) || operation.path === "") operation.value = randomJson(random, 1);
  return random.chance(0.02) ? { op } : operation;
}

function check(report: Report, name: string, ours: Answer, theirs: Answer, question: unknown): void {
  if (theirs.panicked) return report.skip(name, "the original panics");
  const same =
    (ours.error === undefined) === (theirs.error === undefined) &&
    deepEqual(ours.object ?? null, theirs.object ?? null);
  if (same) report.pass(name);
  else report.fail(name, JSON.stringify({ question, ours, theirs }));
}

/** Runs ours; a refusal becomes an answer. */
export function attempt(run: () => Json): Answer {
  try {
    return { object: run() };
  } catch (error) {
    if (error instanceof MergeError) return { error: error.detail, code: error.status };
    throw error;
  }
}

/**
 * Takes the tests out of a patch that adds null itself: the original tells such a null from one of the document, so that testing
 * what was just added fails or passes by how it was written. Ours knows one null, as RFC 6902 does.
 */
function withoutTestsOfAddedNulls(patch: Json[]): Json[] {
  const isOf = (operation: Json, ops: readonly string[]): operation is JsonObject =>
    typeof operation === "object" && operation !== null && "op" in operation && ops.includes(String(operation.op));
  const addsNull = patch.some((operation) => isOf(operation, ["add", "replace"]) && (operation.value ?? null) === null);
  return addsNull ? patch.filter((operation) => !isOf(operation, ["test"])) : patch;
}

/** One random JSON patch on a random document. */
export async function compareJsonPatch(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const doc = randomMap(random, 0);
  const patch = withoutTestsOfAddedNulls(
    Array.from({ length: 1 + random.below(3) }, () => randomOperation(random, doc)),
  );
  const theirs = await oracle.ask<Answer>({ op: "jsonpatch", doc, patch });
  check(
    report,
    name,
    attempt(() => applyJsonPatch(doc, patch)),
    theirs,
    { doc, patch },
  );
}

/** One random merge patch on a random document. */
export async function compareMergePatch(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const doc = randomMap(random, 0);
  const patch = random.chance(0.9) ? randomMap(random, 0) : randomJson(random);
  const theirs = await oracle.ask<Answer>({ op: "mergepatch", doc, patch });
  check(
    report,
    name,
    attempt(() => applyMergePatch(doc, patch)),
    theirs,
    { doc, patch },
  );
}
