import { deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import { duplicateValue, forbiddenValue, invalidValue, requiredValue, type SchemaProblem } from "../problem.ts";
import { maxDepth, tooDeep, type SchemaNode, type ValidationRule } from "../schema-node.ts";
import { correlateItem } from "../validate/correlate.ts";
import { costExceeded, maxObjectCost, maxRuleCost } from "./cost.ts";
import { loadEngine, type Engine } from "./engine.ts";
import { compileExpression, summaryOf, type Evaluation, type Expression } from "./expression.ts";
import { toCel } from "./values.ts";

/** The rules of one schema, compiled when their place in an object is first reached. */
export interface RuleSet {
  run(object: JsonObject, old: JsonObject | undefined): SchemaProblem[];
}

/** Makes the rules of a schema ready. */
export async function loadRules(root: SchemaNode): Promise<RuleSet> {
  const engine = await loadEngine();
  const compiled = new Map<SchemaNode, CompiledRule[]>();
  return { run: (object, old) => new RuleRun(engine, compiled, root).run(object, old) };
}

interface CompiledRule {
  rule: ValidationRule;
  expression: Expression | { problem: string };
  message: Expression | undefined;
}

const variables = ["self", "oldSelf"];
const maxMessageLength = 5 * 1024;

/** Thrown to end all rules when the budget is spent. */
class BudgetSpent extends Error {}

class RuleRun {
  private readonly engine: Engine;
  private readonly compiled: Map<SchemaNode, CompiledRule[]>;
  private readonly root: SchemaNode;
  private readonly problems: SchemaProblem[] = [];
  private budget: number = maxObjectCost;

  constructor(engine: Engine, compiled: Map<SchemaNode, CompiledRule[]>, root: SchemaNode) {
    this.engine = engine;
    this.compiled = compiled;
    this.root = root;
  }

  run(object: JsonObject, old: JsonObject | undefined): SchemaProblem[] {
    try {
      this.visit(this.root, object, old, { field: "", depth: 0, isUnchanged: false });
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
    }
    return this.problems;
  }

  private visit(node: SchemaNode, value: Json, old: Json | undefined, above: Place): void {
    if (above.depth > maxDepth) throw tooDeep();
    if (value === null) return;
    // What has no old value of its own, such as an item of an atomic list, is as unchanged as what it is in.
    const place = old === undefined ? above : { ...above, isUnchanged: deepEqual(value, old) };
    if (node.rules.length > 0) this.runRules(node, value, old, place);
    for (const nested of node.nested("allOf")) if (nested.rules.length > 0) this.runRules(nested, value, old, place);
    if (Array.isArray(value)) this.visitItems(node, value, old, place);
    else if (isObject(value)) this.visitMembers(node, value, old, place);
  }

  private visitItems(node: SchemaNode, value: Json[], old: Json | undefined, place: Place): void {
    if (node.items === undefined) return;
    for (const [index, item] of value.entries()) {
      const below = { ...place, field: `${place.field}[${index}]`, depth: place.depth + 1 };
      this.visit(node.items, item, correlateItem(node, value, index, old), below);
    }
  }

  private visitMembers(node: SchemaNode, value: JsonObject, old: Json | undefined, place: Place): void {
    const before = isObject(old) ? old : undefined;
    const { field } = place;
    for (const key in value) {
      const member = value[key];
      const property = node.property(key);
      const schema = property ?? node.additional;
      if (schema === undefined || member === undefined) continue;
      const path = property === undefined ? `${field}[${key}]` : field === "" ? key : `${field}.${key}`;
      const below = { ...place, field: path, depth: place.depth + 1 };
      this.visit(schema, member, before === undefined ? undefined : memberOf(before, key), below);
    }
  }

  private rulesOf(node: SchemaNode): CompiledRule[] {
    let rules = this.compiled.get(node);
    if (rules === undefined) {
      rules = node.rules.map((rule) => compileRule(this.engine, rule));
      this.compiled.set(node, rules);
    }
    return rules;
  }

  private runRules(node: SchemaNode, value: Json, old: Json | undefined, place: Place): void {
    const self = toCel(node, value);
    const before = old === undefined || old === null ? undefined : toCel(node, old);
    for (const rule of this.rulesOf(node))
      this.runRule(node, rule, {
        value,
        old,
        self,
        before,
        field: place.field,
        isUnchanged: place.isUnchanged,
      });
  }

  private runRule(node: SchemaNode, compiled: CompiledRule, at: RulePlace): void {
    const { rule, expression } = compiled;
    const type = node.types.length === 1 ? (node.types[0] ?? "") : "";
    const place = at.field === "" ? "<nil>" : at.field;
    if ("problem" in expression) {
      this.problems.push(invalidValue(place, type, `rule compile error: ${expression.problem}`));
      return;
    }
    const usesOld = expression.uses.has("oldSelf");
    if (usesOld && at.old === undefined && rule.optionalOldSelf !== true) return;
    const outcome = expression.run(this.activation(rule, at), maxRuleCost);
    this.spend(outcome, rule, place, type);
    if ("problem" in outcome) {
      this.problems.push(invalidValue(place, type, `${outcome.problem} evaluating rule: ${ruleName(rule)}`));
      return;
    }
    const isRatcheted = !usesOld && at.isUnchanged;
    if (outcome.result === true || isRatcheted) return;
    this.problems.push(
      problemOf(rule, childPath(place, rule.fieldPath), shownValue(type, at.value), this.messageOf(compiled, at)),
    );
  }

  private activation(rule: ValidationRule, { self, before }: RulePlace): Record<string, unknown> {
    const { Optional } = this.engine.cel;
    if (rule.optionalOldSelf === true)
      return { self, oldSelf: before === undefined ? Optional.none() : Optional.of(before) };
    return before === undefined ? { self } : { self, oldSelf: before };
  }

  private spend(outcome: Evaluation, rule: ValidationRule, place: string, type: string): void {
    if ("problem" in outcome && outcome.problem === costExceeded) {
      const detail = `'${costExceeded}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleName(rule)}`;
      this.problems.push(invalidValue(place, type, detail));
      throw new BudgetSpent();
    }
    this.budget -= outcome.cost;
    if (this.budget >= 0) return;
    const spent = "validation failed due to running out of cost budget, no further validation rules will be run";
    this.problems.push(invalidValue(place, type, spent));
    throw new BudgetSpent();
  }

  /** A message expression that fails, is empty, too long or has line breaks gives way to the rule's own message. */
  private messageOf({ rule, message }: CompiledRule, at: RulePlace): string {
    const fallback =
      rule.message !== undefined && rule.message !== "" ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`;
    if (message === undefined) return fallback;
    const outcome = message.run(this.activation(rule, at), Math.min(maxRuleCost, this.budget));
    this.budget -= Math.min(outcome.cost, this.budget);
    const text = "result" in outcome && typeof outcome.result === "string" ? outcome.result.trim() : "";
    const isUsable = text !== "" && text.length <= maxMessageLength && !/[\r\n]/.test(text);
    return isUsable ? text : fallback;
  }
}

interface RulePlace {
  value: Json;
  old: Json | undefined;
  self: unknown;
  before: unknown;
  field: string;
  isUnchanged: boolean;
}

/** Where the walk is, and whether the update left it as it was. */
interface Place {
  field: string;
  depth: number;
  isUnchanged: boolean;
}

function compileRule(engine: Engine, rule: ValidationRule): CompiledRule {
  const attempt = (source: string): Expression | { problem: string } => {
    try {
      return compileExpression(engine, source, variables, rule.optionalOldSelf === true ? ["oldSelf"] : []);
    } catch (error) {
      return { problem: summaryOf(engine.cel, error) };
    }
  };
  const message =
    rule.messageExpression === undefined || rule.messageExpression === "" ? undefined : attempt(rule.messageExpression);
  return {
    rule,
    expression: attempt(rule.rule),
    message: message === undefined || "problem" in message ? undefined : message,
  };
}

function ruleName(rule: ValidationRule): string {
  return (rule.message !== undefined && rule.message !== "" ? rule.message : rule.rule).trim();
}

function childPath(place: string, fieldPath: string | undefined): string {
  if (fieldPath === undefined || fieldPath === "") return place;
  const relative = fieldPath.replace(/^\./, "");
  return place === "<nil>" ? relative : `${place}.${relative}`;
}

/** Objects and lists are not shown. */
function shownValue(type: string, value: Json): Json | undefined {
  return type === "object" || type === "array" ? undefined : value;
}

function problemOf(rule: ValidationRule, field: string, value: Json | undefined, detail: string): SchemaProblem {
  switch (rule.reason) {
    case "FieldValueForbidden":
      return forbiddenValue(field, detail);
    case "FieldValueRequired":
      return requiredValue(field, detail);
    case "FieldValueDuplicate":
      return value === undefined
        ? { ...duplicateValue(field, null), message: "Duplicate value" }
        : duplicateValue(field, value);
    default:
      return invalidValue(field, value, detail);
  }
}
