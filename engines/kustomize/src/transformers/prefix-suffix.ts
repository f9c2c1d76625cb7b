import { applyFieldSpec } from "../config/apply-field-spec.ts";
import { stepsPerSpec } from "../budget.ts";
import { type FieldSpec, gvkOfSpec } from "../config/field-spec.ts";
import { plainScalar } from "../node/fields.ts";
import { setScalar } from "../node/set-field.ts";
import { isSelected } from "../resid/gvk.ts";
import type { BuildObject } from "../resource/build-object.ts";
import type { Transformer } from "./transformer.ts";

/** Kinds whose names mean something outside the build. */
const unprefixed: readonly FieldSpec[] = [
  { kind: "CustomResourceDefinition" },
  { group: "apiregistration.k8s.io", kind: "APIService" },
  { kind: "Namespace" },
];

/** Puts a text before names and whatever else the field specs name. */
export function prefixNames(prefix: string, specs: readonly FieldSpec[]): Transformer {
  return affixNames(
    specs,
    (text) => prefix + text,
    (object) => {
      if (prefix !== "") object.prefixes = [...object.prefixes, prefix];
    },
    prefix !== "",
  );
}

/** Puts a text behind names and whatever else the field specs name. */
export function suffixNames(suffix: string, specs: readonly FieldSpec[]): Transformer {
  return affixNames(
    specs,
    (text) => text + suffix,
    (object) => {
      if (suffix !== "") object.suffixes = [...object.suffixes, suffix];
    },
    suffix !== "",
  );
}

function affixNames(
  specs: readonly FieldSpec[],
  change: (text: string) => string,
  remember: (object: BuildObject) => void,
  changes: boolean,
): Transformer {
  return (set) => {
    for (const object of set.objects) {
      set.budget.step(specs.length * stepsPerSpec);
      const id = object.originalId();
      if (unprefixed.some((spec) => isSelected(id, gvkOfSpec(spec)))) continue;
      for (const spec of specs) {
        if (!isSelected(id, gvkOfSpec(spec))) continue;
        if (spec.path === "metadata/name") {
          remember(object);
          if (changes) object.storePreviousId();
        }
        applyFieldSpec(object.live, spec, {
          set: (node) => {
            const text = change(node.value);
            set.budget.writeText(text.length);
            setScalar(node, plainScalar(text));
          },
          budget: set.budget,
          createKind: "scalar",
          createTag: "!!str",
        });
      }
    }
    set.changed();
  };
}
