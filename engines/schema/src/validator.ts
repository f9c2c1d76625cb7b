import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { loadRules, type RuleSet } from "./cel/rules.ts";
import { defaultValue } from "./defaults.ts";
import { checkListTypes } from "./list-types.ts";
import { loadPatterns, noPatterns, type PatternTest } from "./patterns.ts";
import { invalidValue, type ProblemReason, type SchemaProblem } from "./problem.ts";
import { pruneValue } from "./prune.ts";
import { maxDepth, NodeReader, tooDeep, type SchemaNode } from "./schema-node.ts";
import type { CreateValidatorOptions, Validator } from "./validator-types.ts";
import { rootStep, validateValue } from "./validate/validate-value.ts";

/**
 * Makes a schema ready. Asynchronous because a schema with patterns loads the RE2 engine, and one with rules the CEL engine;
 * everything after that is synchronous. Rules that do not compile are reported by `validate`, as the API server does it.
 * @throws EddyError SCHEMA_INVALID (terminal), at the first use of a `$ref` that leads nowhere.
 */
export async function createValidator(schema: JsonObject, options: CreateValidatorOptions = {}): Promise<Validator> {
  const reader = new NodeReader(options.resolveRef ?? (() => undefined));
  const root = reader.read(schema);
  const wanted = featuresOf(schema);
  const patterns = wanted.patterns ? await loadPatterns() : noPatterns;
  const rules = wanted.rules ? await loadRules(root) : undefined;
  return new SchemaValidator(root, options, patterns, rules);
}

/** Whether any schema below has patterns or rules; references lead to built-in kinds, which have neither. */
function featuresOf(schema: Json | undefined, depth = 0): { patterns: boolean; rules: boolean } {
  if (depth > maxDepth) throw tooDeep();
  const found = { patterns: false, rules: false };
  if (typeof schema !== "object" || schema === null) return found;
  if (isObject(schema)) {
    found.patterns = typeof schema.pattern === "string";
    found.rules = Array.isArray(schema["x-kubernetes-validations"]);
  }
  for (const member of Object.values(schema)) {
    const below = featuresOf(member, depth + 1);
    found.patterns ||= below.patterns;
    found.rules ||= below.rules;
  }
  return found;
}

/** With one of these, rules are not run: they might not be able to. */
const blocking = new Set<ProblemReason>([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);
const notChecked =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

/** Several schemas of one value may say the same of it. */
function distinct(problems: readonly SchemaProblem[]): SchemaProblem[] {
  const known = new Map(
    problems.map((problem) => [`${problem.field}\n${problem.reason}\n${problem.message}`, problem]),
  );
  return [...known.values()];
}

class SchemaValidator implements Validator {
  private readonly root: SchemaNode;
  private readonly keepsOpen: boolean;
  private readonly resourceRoot: boolean;
  private readonly patterns: PatternTest;
  private readonly rules: RuleSet | undefined;

  constructor(root: SchemaNode, options: CreateValidatorOptions, patterns: PatternTest, rules: RuleSet | undefined) {
    this.root = root;
    this.keepsOpen = options.dialect === "openapi";
    this.resourceRoot = options.resourceRoot ?? true;
    this.patterns = patterns;
    this.rules = rules;
  }

  prune(object: JsonObject): JsonObject {
    return pruneValue(
      { keepsOpen: this.keepsOpen, unknown: undefined },
      this.root,
      object,
      this.resourceRoot,
    ) as JsonObject;
  }

  unknownFields(object: JsonObject): string[] {
    const unknown: string[] = [];
    pruneValue({ keepsOpen: this.keepsOpen, unknown }, this.root, object, this.resourceRoot);
    return unknown.sort();
  }

  applyDefaults(object: JsonObject): JsonObject {
    return defaultValue(this.root, object) as JsonObject;
  }

  validate(object: JsonObject, old?: JsonObject): SchemaProblem[] {
    const { problems } = validateValue({ patterns: this.patterns }, this.root, object, rootStep, old);
    const all = [...distinct(problems), ...checkListTypes(this.root, object)];
    if (this.rules === undefined) return all;
    if (all.some(({ reason }) => blocking.has(reason))) return [...all, invalidValue("<nil>", null, notChecked)];
    return [...all, ...this.rules.run(object, old)];
  }
}
