import { isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import { HelmError } from "../error.ts";
import { evaluateArray, evaluateObject } from "./containers.ts";
import { evaluateConst, evaluateNumber, evaluateString, evaluateType } from "./scalars.ts";
import type { Problem } from "./problem.ts";
import type { LocatedSchema, SchemaSet } from "./schema-set.ts";

/** Members and items that no schema has looked at, as far as somebody wants to know. */
export interface Unevaluated {
  readonly props: Set<string> | undefined;
  readonly items: Set<number> | undefined;
}

/** One schema against one value. */
export interface Visit {
  readonly located: LocatedSchema;
  readonly schema: JsonObject;
  readonly value: Json;
  readonly at: readonly string[];
  readonly problems: Problem[];
  readonly unevaluated: Unevaluated;
  /** Schemas that look at this same value, to find circles. */
  readonly same: readonly Json[];
}

/** The largest schemas of real charts take some ten thousand. */
const maxSteps = 250_000;
const maxDepth = 600;

/** Checks values against schemas. */
export class Evaluator {
  readonly set: SchemaSet;
  private steps = 0;
  private depth = 0;

  constructor(set: SchemaSet) {
    this.set = set;
  }

  /** The problems of a value, none where it is valid. @throws HelmError (terminal) where a reference leads nowhere, or it takes too long */
  problemsOf(located: LocatedSchema, value: Json): readonly Problem[] {
    const problem = this.evaluate(located, value, [], [], unevaluatedOf(located.schema, value, false));
    if (problem === undefined) return [];
    return problem.isGroup === true ? problem.causes : [problem];
  }

  /** A schema for a member or item of the value. */
  child(visit: Visit, schema: Json, value: Json, step: string): Problem | undefined {
    return this.evaluate(
      { ...visit.located, schema },
      value,
      [...visit.at, step],
      [],
      unevaluatedOf(schema, value, false),
    );
  }

  /** Another schema for the same value; what it has looked at counts. */
  self(visit: Visit, located: LocatedSchema): Problem | undefined {
    const wantsToKnow = visit.unevaluated.props !== undefined || visit.unevaluated.items !== undefined;
    const unevaluated = unevaluatedOf(located.schema, visit.value, wantsToKnow);
    const problem = this.evaluate(located, visit.value, visit.at, [...visit.same, visit.schema], unevaluated);
    if (problem === undefined) merge(visit.unevaluated, unevaluated);
    return problem;
  }

  private evaluate(
    located: LocatedSchema,
    value: Json,
    at: readonly string[],
    same: readonly Json[],
    unevaluated: Unevaluated,
  ): Problem | undefined {
    if (++this.steps > maxSteps) throw new HelmError("validate values: the schema takes too many steps");
    if (this.depth > maxDepth) throw new HelmError("validate values: the schema is nested too deeply");
    const { schema } = located;
    if (!isObject(schema)) return schema === false ? { at, text: "false schema", causes: [] } : undefined;
    if (same.includes(schema)) return { at, text: "the schema refers to itself, causing reference cycle", causes: [] };
    this.depth++;
    const visit: Visit = {
      located: rebased(located, schema, this.set),
      schema,
      value,
      at,
      problems: [],
      unevaluated,
      same,
    };
    this.keywords(visit);
    this.depth--;
    const { problems } = visit;
    return problems.length > 1 ? { at, text: "validation failed", causes: problems, isGroup: true } : problems[0];
  }

  private keywords(visit: Visit): void {
    const { schema, located } = visit;
    const isOld = located.draft < 2019;
    if (isOld && typeof schema["$ref"] === "string") {
      this.reference(visit, "$ref");
      return;
    }
    evaluateType(visit);
    if (visit.problems.length > 0) return;
    evaluateConst(visit);
    if (visit.problems.length > 0) return;
    if (!isOld) this.reference(visit, "$ref");
    if (isObject(visit.value)) evaluateObject(this, visit, visit.value);
    else if (Array.isArray(visit.value)) evaluateArray(this, visit, visit.value);
    else if (typeof visit.value === "string") evaluateString(visit, visit.value);
    else if (typeof visit.value === "number" || typeof visit.value === "bigint") evaluateNumber(visit, visit.value);
    if (!isOld) {
      this.reference(visit, "$recursiveRef");
      this.reference(visit, "$dynamicRef");
    }
    this.combine(visit);
    if (!isOld) this.rest(visit);
  }

  private reference(visit: Visit, keyword: string): void {
    const target = memberOf(visit.schema, keyword);
    if (typeof target !== "string") return;
    const problem = this.self(visit, this.set.resolve(visit.located, target));
    if (problem === undefined) return;
    const causes = problem.isGroup === true ? problem.causes : [problem];
    visit.problems.push({ at: visit.at, text: "validation failed", causes, isReference: true });
  }

  private each(visit: Visit, keyword: string): (Problem | undefined)[] {
    const list = visit.schema[keyword];
    if (!Array.isArray(list)) return [];
    return list.map((schema) => this.self(visit, { ...visit.located, schema }));
  }

  private combine(visit: Visit): void {
    const { schema, at, problems, located } = visit;
    const tell = (text: string, causes: readonly (Problem | undefined)[] = []): void => {
      problems.push({ at, text, causes: causes.filter((cause) => cause !== undefined) });
    };
    const inside = (inner: Json): Problem | undefined => this.self(visit, { ...located, schema: inner });
    const { not } = schema;
    if (not !== undefined && inside(not) === undefined) tell("'not' failed");
    const all = this.each(visit, "allOf");
    if (all.some((problem) => problem !== undefined)) tell("'allOf' failed", all);
    const any = this.each(visit, "anyOf");
    if (any.length > 0 && !any.includes(undefined)) tell("'anyOf' failed", any);
    const one = this.each(visit, "oneOf");
    const matched = [...one.keys()].filter((index) => one[index] === undefined);
    if (one.length > 0 && matched.length === 0) tell("'oneOf' failed, none matched", one);
    if (matched.length > 1) tell(`'oneOf' failed, subschemas ${matched[0]}, ${matched[1]} matched`);
    if (located.draft >= 7 && schema["if"] !== undefined) {
      const branch = inside(schema["if"]) === undefined ? schema["then"] : schema["else"];
      const problem = branch === undefined ? undefined : inside(branch);
      if (problem !== undefined) problems.push(problem);
    }
  }

  /** What nothing has looked at. */
  private rest(visit: Visit): void {
    const { schema, value, unevaluated, problems } = visit;
    const { unevaluatedProperties, unevaluatedItems } = schema;
    if (unevaluatedProperties !== undefined && isObject(value)) {
      for (const name of unevaluated.props ?? []) {
        const problem = this.child(visit, unevaluatedProperties, value[name] ?? null, name);
        if (problem !== undefined) problems.push(problem);
      }
      unevaluated.props?.clear();
    }
    if (unevaluatedItems !== undefined && Array.isArray(value)) {
      for (const index of unevaluated.items ?? []) {
        const problem = this.child(visit, unevaluatedItems, value[index] ?? null, String(index));
        if (problem !== undefined) problems.push(problem);
      }
      unevaluated.items?.clear();
    }
  }
}

/** A schema with an `$id` of its own is the base of what it refers to. */
function rebased(located: LocatedSchema, schema: JsonObject, set: SchemaSet): LocatedSchema {
  const id = schema[located.draft === 4 ? "id" : "$id"];
  if (typeof id !== "string" || id === "" || id.startsWith("#")) return located;
  const [base] = set.resolve(located, id).base.split("#", 1);
  return base === undefined ? located : { ...located, base };
}

function unevaluatedOf(schema: Json, value: Json, callerNeeds: boolean): Unevaluated {
  const named = isObject(schema) ? schema : {};
  const wantsProps = callerNeeds || named["unevaluatedProperties"] !== undefined;
  const wantsItems = callerNeeds || named["unevaluatedItems"] !== undefined;
  return {
    props: wantsProps && isObject(value) ? new Set(Object.keys(value)) : undefined,
    items: wantsItems && Array.isArray(value) ? new Set(value.keys()) : undefined,
  };
}

function merge(into: Unevaluated, other: Unevaluated): void {
  for (const name of into.props ?? []) if (other.props?.has(name) === false) into.props?.delete(name);
  for (const index of into.items ?? []) if (other.items?.has(index) === false) into.items?.delete(index);
}
