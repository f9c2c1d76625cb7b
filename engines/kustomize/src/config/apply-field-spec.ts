import type { Node, NodeKind } from "@eddy/goyaml";
import { type BuildBudget, BudgetError } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { field, isMissingOrNull, isNull, textOf } from "../node/fields.ts";
import { lookup } from "../node/lookup.ts";
import { splitPath } from "../node/path.ts";
import { parseGroupVersion } from "../resid/gvk.ts";
import type { FieldSpec } from "./field-spec.ts";

/** What is done at the end of a field spec's path. */
export interface FieldAction {
  set: (node: Node) => void;
  /** What the walk is counted against: a path may lead through long lists, and there may be many specs. */
  budget?: BuildBudget;
  /** What a missing last field becomes; without it nothing is created. */
  createKind?: NodeKind;
  createTag?: string;
}

/**
 * Runs an action on every field that a spec names in an object, if the spec selects the object's kind.
 * @throws KustomizeError where the path meets a scalar
 */
export function applyFieldSpec(object: Node, spec: FieldSpec, action: FieldAction): void {
  if (!specSelects(object, spec)) return;
  walkFieldSpec(object, spec, action);
}

/** As {@link applyFieldSpec}, for an object that is known to be selected. */
export function walkFieldSpec(object: Node, spec: FieldSpec, action: FieldAction): void {
  try {
    walk(object, splitPath(spec.path ?? "", "/"), 0, spec.create ?? false, action);
  } catch (cause) {
    if (
      !(cause instanceof KustomizeError) ||
      cause instanceof BudgetError ||
      cause.message.startsWith("considering field")
    )
      throw cause;
    const name = `${textOf(field(object, "kind"))}/${textOf(field(field(object, "metadata"), "name"))}`;
    throw new KustomizeError(`considering field '${spec.path ?? ""}' of object ${name}: ${cause.message}`, {
      position: { ...cause.position, field: spec.path ?? "" },
      cause,
    });
  }
}

/** Whether a spec is about objects of this kind. */
export function specSelects(object: Node, { kind, group, version }: FieldSpec): boolean {
  if (kind && kind !== (field(object, "kind")?.value ?? "")) return false;
  if (!group && !version) return true;
  const gv = parseGroupVersion(field(object, "apiVersion")?.value ?? "");
  return (!group || group === gv.group) && (!version || version === gv.version);
}

function walk(node: Node, path: readonly string[], at: number, create: boolean, action: FieldAction): void {
  if (at === path.length) {
    action.set(node);
    return;
  }
  if (isNull(node)) return;
  action.budget?.step(1 + (node.content.length >> 2));
  if (node.kind === "sequence") {
    for (const element of node.content) walk(element, path, at, create, action);
  } else if (node.kind === "mapping") {
    walkField(node, path, at, create, action);
  } else {
    throw new KustomizeError("expected sequence or mapping node", { position: { line: node.line } });
  }
}

const plainName = /^[A-Za-z]/;

function walkField(node: Node, path: readonly string[], at: number, create: boolean, action: FieldAction): void {
  const step = path[at] ?? "";
  const isList = step.endsWith("[]");
  const name = isList ? step.slice(0, -2) : step;
  if (name === "") throw new KustomizeError("cannot set or create an empty field name");
  const isLast = at === path.length - 1;
  const mayCreate = create && action.createKind !== undefined && !isList;
  const kind = mayCreate ? (isLast ? action.createKind : "mapping") : isList ? "sequence" : undefined;
  const found: Node | undefined =
    plainName.test(name) && !mayCreate ? field(node, name) : lookup(node, [name], mayCreate ? kind : undefined);
  if (found === undefined) return;
  if (kind !== undefined && isMissingOrNull(found)) {
    found.kind = kind;
    found.tag = mayCreate ? (isLast ? (action.createTag ?? "") : "!!map") : "";
    found.value = kind === "scalar" ? found.value : "";
  }
  walk(found, path, at + 1, create, action);
}
