import type { Node } from "@eddy/goyaml";
import { type BuildBudget, stepsPerSpec } from "../budget.ts";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import { isMissingOrNull, isStringNode } from "../node/fields.ts";
import type { Transformer } from "./transformer.ts";

/** A var's value with the type that its field had. `other`: a list or a map, which no text can take. */
export type VarValue =
  | { readonly type: "string" | "integer" | "float" | "boolean"; readonly text: string }
  | { readonly type: "other" };

/** Puts the values of vars where `$(NAME)` stands in the fields that the specs name. */
export function expandVariables(
  values: ReadonlyMap<string, VarValue>,
  specs: readonly FieldSpec[],
  used: Set<string>,
): Transformer {
  const expand = (node: Node, budget: BuildBudget): void => {
    const value = expandText(node.value, values, used, budget);
    node.value = value.text;
    node.tag = tags[value.type];
    node.style = {};
  };
  return (set) => {
    const { budget } = set;
    const expandIn = (node: Node): void => expand(node, budget);
    for (const object of set.objects) {
      set.budget.step(specs.length * stepsPerSpec);
      for (const spec of specs)
        applyFieldSpec(object.live, spec, { set: (node) => expandNode(node, expandIn), budget });
    }
    set.changed();
  };
}

type TextValue = Extract<VarValue, { text: string }>;
const tags: Readonly<Record<TextValue["type"], string>> = {
  string: "!!str",
  integer: "!!int",
  float: "!!float",
  boolean: "!!bool",
};

function expandNode(node: Node, expand: (node: Node) => void): void {
  if (isMissingOrNull(node)) return;
  if (node.kind === "scalar") {
    if (isStringNode(node)) expand(node);
    return;
  }
  for (const [index, child] of node.content.entries()) {
    if (node.kind === "sequence" || index % 2 === 0) {
      if (!isStringNode(child)) {
        const message =
          node.kind === "sequence"
            ? "invalid value type expect a string"
            : `invalid map key: value='${child.value}', tag='${child.tag}'`;
        throw new KustomizeError(message, { position: { line: child.line } });
      }
      if (node.kind === "sequence") expand(child);
    } else if (isStringNode(child)) {
      expand(child);
    }
  }
}

/** Replaces `$(NAME)`; `$$` is a dollar. A text that is nothing but one reference takes the type of its value. */
export function expandText(
  text: string,
  values: ReadonlyMap<string, VarValue>,
  used: Set<string>,
  budget: BuildBudget,
): TextValue {
  budget.step(text.length);
  const only = /^\$\(([^)]*)\)$/.exec(text)?.[1];
  if (only !== undefined) return valueOf(only, values, used);
  let length = text.length;
  const expanded = text.replace(/\$(\$|\(([^)]*)\))/g, (all, what: string, name: string | undefined) => {
    const value = what === "$" ? "$" : valueOf(name ?? "", values, used).text;
    length += value.length - all.length;
    // Before the text is made, which may be longer than any can be.
    if (value.length > all.length) budget.checkText(length);
    return value;
  });
  if (length > text.length) budget.write(length);
  return { type: "string", text: expanded };
}

function valueOf(name: string, values: ReadonlyMap<string, VarValue>, used: Set<string>): TextValue {
  const value = values.get(name);
  if (value === undefined || value.type === "other") return { type: "string", text: `$(${name})` };
  used.add(name);
  return value;
}
