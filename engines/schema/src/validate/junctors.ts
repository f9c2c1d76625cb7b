import type { Json } from "@eddy/core/json";
import { invalidValue } from "../problem.ts";
import type { SchemaNode } from "../schema-node.ts";
import { add, merge, validateValue, type Result, type Step, type ValidateWalk } from "./validate-value.ts";

/** anyOf, oneOf, allOf and not; of several failed alternatives the one with the most passed checks is blamed as well. */
export function checkJunctors(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step): Result {
  const result: Result = { problems: [], matches: 0 };
  const { raw } = node;
  if (raw.anyOf !== undefined) checkAnyOf(walk, node, value, step, result);
  if (raw.oneOf !== undefined) checkOneOf(walk, node, value, step, result);
  if (raw.allOf !== undefined) checkAllOf(walk, node, value, step, result);
  if (node.not !== undefined && validateValue(walk, node.not, value, step).problems.length === 0) {
    add(result, invalidValue("<nil>", "", `"${step.name}" must not validate the schema (not)`));
  }
  return result;
}

function mostMatches(failures: readonly Result[]): Result | undefined {
  let best: Result | undefined;
  for (const failure of failures) if (best === undefined || failure.matches > best.matches) best = failure;
  return best;
}

function checkAnyOf(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step, result: Result): void {
  const failures: Result[] = [];
  for (const schema of node.nested("anyOf")) {
    const one = validateValue(walk, schema, value, step);
    if (one.problems.length === 0) return merge(result, one);
    failures.push(one);
  }
  if (failures.length === 0) return;
  add(result, invalidValue("<nil>", "", `"${step.name}" must validate at least one schema (anyOf)`));
  const best = mostMatches(failures);
  if (best !== undefined) merge(result, best);
}

function checkOneOf(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step, result: Result): void {
  const all = node.nested("oneOf").map((schema) => validateValue(walk, schema, value, step));
  const valid = all.filter(({ problems }) => problems.length === 0);
  if (all.length === 0) return;
  if (valid.length === 1) return merge(result, valid[0] as Result);
  const why = valid.length === 0 ? "Found none valid" : `Found ${valid.length} valid alternatives`;
  add(result, invalidValue("<nil>", "", `"${step.name}" must validate one and only one schema (oneOf). ${why}`));
  const best = valid.length === 0 ? mostMatches(all) : undefined;
  if (best !== undefined) merge(result, best);
}

function checkAllOf(walk: ValidateWalk, node: SchemaNode, value: Json, step: Step, result: Result): void {
  const all = node.nested("allOf").map((schema) => validateValue(walk, schema, value, step));
  for (const one of all) merge(result, one);
  const valid = all.filter(({ problems }) => problems.length === 0).length;
  if (valid === all.length) return;
  const none = valid === 0 ? ". None validated" : "";
  add(result, invalidValue("<nil>", "", `"${step.name}" must validate all the schemas (allOf)${none}`));
}
