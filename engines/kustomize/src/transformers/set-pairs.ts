import { compareText } from "@eddy/core/json";
import { makeNode, type Node } from "@eddy/goyaml";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import { setField } from "../node/set-field.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Sets pairs in the maps that field specs name: labels with selectors, or annotations. All places of one object that had no
 * such key share one value node, so a later patch of one label changes the selectors too, as it does upstream.
 */
export function setPairs(pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  const keys = Object.keys(pairs).sort(compareText);
  return (set) => {
    for (const object of set.objects) {
      for (const key of keys) setPair(object.live, key, pairs[key] ?? "", specs);
    }
  };
}

function setPair(object: Node, key: string, text: string, specs: readonly FieldSpec[]): void {
  const value = makeNode("scalar", "!!str", text);
  const set = (mapping: Node): void => setField(mapping, key, value);
  for (const spec of specs) applyFieldSpec(object, spec, { set, createKind: "mapping", createTag: "!!map" });
}
