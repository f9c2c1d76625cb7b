import { makeNode } from "@eddy/goyaml";
import { stepsPerObject } from "../budget.ts";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import { type FieldSpec, gvkOfSpec } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import type { ReplicaEntry } from "../model/kustomization.ts";
import { setScalar } from "../node/set-field.ts";
import { formatGvk, isSelected } from "../resid/gvk.ts";
import type { Transformer } from "./transformer.ts";

/** Sets the count of replicas of objects that have or had a name. @throws KustomizeError where there is none */
export function setReplicas({ name = "", count = 0 }: ReplicaEntry, specs: readonly FieldSpec[]): Transformer {
  return (set) => {
    let found = false;
    for (const spec of specs) {
      const gvk = gvkOfSpec(spec);
      for (const object of set.withAnyName(name)) {
        set.budget.step(stepsPerObject + object.previous.length);
        if (!object.allIds().some((id) => id.name === name && isSelected(id, gvk))) continue;
        found = true;
        applyFieldSpec(object.live, spec, {
          set: (node) => setScalar(node, makeNode("scalar", "!!int", String(count))),
          budget: set.budget,
          createKind: "scalar",
          createTag: "!!int",
        });
      }
    }
    if (found) return;
    const gvks = specs.map((spec) => formatGvk(gvkOfSpec(spec))).join(" ");
    throw new KustomizeError(`resource with name ${name} does not match a config with the following GVK [${gvks}]`, {
      position: { field: "replicas" },
    });
  };
}
