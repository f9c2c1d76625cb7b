import type { Node } from "@eddy/goyaml";
import { BudgetError, stepsPerObject, stepsPerSpec } from "../budget.ts";
import { walkFieldSpec } from "../config/apply-field-spec.ts";
import { type FieldSpec, gvkOfSpec, type NameReference } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import { field, isMissingOrNull, plainScalar } from "../node/fields.ts";
import { splitPath } from "../node/path.ts";
import { setField, setScalar } from "../node/set-field.ts";
import { formatGvk, type Gvk, isSelected } from "../resid/gvk.ts";
import { formatId } from "../resid/res-id.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { Referrals, sameNames, sameNamesAndNamespaces } from "./referrals.ts";
import type { Transformer } from "./transformer.ts";

interface Rule {
  spec: FieldSpec;
  target: Gvk;
  steps: readonly string[];
}

/**
 * Follows renamed objects in the fields that name them. @throws KustomizeError where a name could mean several objects that are
 * called differently now
 */
export function fixNameReferences(references: readonly NameReference[]): Transformer {
  const rules: Rule[] = references.flatMap((reference) =>
    (reference.fieldSpecs ?? []).map((spec) => ({
      spec,
      target: gvkOfSpec(reference),
      steps: splitPath(spec.path ?? "", "/"),
    })),
  );
  const byKind = new Map<string, readonly Rule[]>();
  const rulesOf = (gvk: Gvk): readonly Rule[] => {
    const key = formatGvk(gvk);
    const known = byKind.get(key) ?? rules.filter(({ spec }) => isSelected(gvk, gvkOfSpec(spec)));
    byKind.set(key, known);
    return known;
  };
  return (set) => {
    const referrals = new Referrals(set.objects, set.budget);
    for (const referrer of set.objects) {
      const own = rulesOf(referrer.originalId());
      set.budget.step(stepsPerObject + own.length * stepsPerSpec);
      for (const rule of own) {
        if (mayReach(referrer.live, rule.steps)) fixField(referrer, rule, referrals);
      }
    }
    set.changed();
  };
}

/** False where a path certainly leads nowhere; most do. */
function mayReach(object: Node, steps: readonly string[]): boolean {
  let node: Node | undefined = object;
  for (const step of steps) {
    if (node.kind !== "mapping") return true;
    const next = field(node, step);
    if (next === undefined) return step.endsWith("[]") || !/^[A-Za-z]/.test(step);
    node = next;
  }
  return true;
}

function fixField(referrer: BuildObject, rule: Rule, referrals: Referrals): void {
  try {
    const set = (node: Node): void => fixNode(node, referrer, rule, referrals);
    walkFieldSpec(referrer.live, rule.spec, { set, budget: referrals.budget });
  } catch (cause) {
    if (!(cause instanceof KustomizeError) || cause instanceof BudgetError) throw cause;
    const path = rule.spec.path ?? "";
    throw new KustomizeError(
      `updating name reference in '${path}' field of '${formatId(referrer.currentId())}': ${cause.message}`,
      {
        position: { file: referrer.origin, ...cause.position, field: path },
        cause,
      },
    );
  }
}

function fixNode(node: Node, referrer: BuildObject, rule: Rule, referrals: Referrals): void {
  if (isMissingOrNull(node)) return;
  if (node.kind === "scalar") fixName(node, referrer, rule, referrals);
  else if (node.kind === "mapping") fixMapping(node, referrer, rule, referrals);
  else for (const element of node.content) fixElement(element, referrer, rule, referrals);
}

function fixElement(node: Node, referrer: BuildObject, rule: Rule, referrals: Referrals): void {
  if (node.kind === "sequence") {
    throw new KustomizeError("expected a string or a map of strings", { position: { line: node.line } });
  }
  fixNode(node, referrer, rule, referrals);
}

function fixName(node: Node, referrer: BuildObject, rule: Rule, referrals: Referrals): void {
  const found = referrals.find({ ...rule, referrer, name: node.value, namespace: undefined, identical: sameNames });
  if (found === undefined || found.name === node.value) return;
  referrals.budget.writeText(found.name.length);
  setScalar(node, plainScalar(found.name));
}

function fixMapping(node: Node, referrer: BuildObject, rule: Rule, referrals: Referrals): void {
  const named = field(node, "name");
  if (named === undefined) {
    throw new KustomizeError("path config error; no 'name' field in node", { position: { line: node.line } });
  }
  const namespace = field(node, "namespace")?.value;
  const found = referrals.find({ ...rule, referrer, name: named.value, namespace, identical: sameNamesAndNamespaces });
  if (found === undefined || (found.name === named.value && found.namespace === "")) return;
  referrals.budget.writeText(found.name.length);
  setField(node, "name", plainScalar(found.name));
  if (found.namespace !== "") setField(node, "namespace", plainScalar(found.namespace));
}
