import { compareText } from "@eddy/core/json";
import { makeNode, type Node } from "@eddy/goyaml";
import { type BuildBudget, stepsPerSpec } from "../budget.ts";
import { specSelects, walkFieldSpec } from "../config/apply-field-spec.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import { setField } from "../node/set-field.ts";
import type { BuildObject } from "../resource/build-object.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Sets pairs in the maps that field specs name: labels with selectors, or annotations. All places of one object that had no
 * such key share one value node, so a later patch of one label changes the selectors too, as it does upstream.
 */
export function setPairs(pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  const keys = Object.keys(pairs).sort(compareText);
  return (set) => {
    const specsOf = specsByKind(specs, set.budget);
    for (const object of set.objects) {
      const own = specsOf(object);
      for (const key of keys) setPair(object.live, [key, pairs[key] ?? ""], own, set.budget);
    }
  };
}

function specsByKind(specs: readonly FieldSpec[], budget: BuildBudget): (object: BuildObject) => readonly FieldSpec[] {
  const known = new Map<string, readonly FieldSpec[]>();
  return (object) => {
    const key = `${object.kind} ${object.apiVersion}`;
    let found = known.get(key);
    if (found === undefined) {
      budget.step(specs.length * stepsPerSpec);
      found = specs.filter((spec) => specSelects(object.live, spec));
      known.set(key, found);
    }
    return found;
  };
}

function setPair(
  object: Node,
  [key, text]: readonly [key: string, text: string],
  specs: readonly FieldSpec[],
  budget: BuildBudget,
): void {
  const value = makeNode("scalar", "!!str", text);
  const set = (mapping: Node): void => {
    budget.step(mapping.content.length);
    budget.write(key.length + text.length);
    setField(mapping, key, value);
  };
  for (const spec of specs) walkFieldSpec(object, spec, { set, budget, createKind: "mapping", createTag: "!!map" });
}
