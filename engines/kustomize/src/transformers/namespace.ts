import { makeNode, type Node } from "@eddy/goyaml";
import { type BuildBudget, stepsPerSpec } from "../budget.ts";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import { field, isMissingOrNull, isNilOrEmpty } from "../node/fields.ts";
import { requireKind } from "../node/kind-error.ts";
import { lookup } from "../node/lookup.ts";
import { setScalar } from "../node/set-field.ts";
import { formatId } from "../resid/res-id.ts";
import { helmGeneratedAnnotation } from "../resource/build-annotations.ts";
import type { BuildObject } from "../resource/build-object.ts";
import type { Transformer } from "./transformer.ts";

/** Whose subjects of role bindings get the namespace. */
export type SubjectMode = "defaultOnly" | "allServiceAccounts" | "none";

/** Options of {@link setNamespaces}. */
export interface SetNamespacesOptions {
  namespace: string;
  specs: readonly FieldSpec[];
  /** Leave namespaces alone that are set. */
  unsetOnly?: boolean;
  subjects?: SubjectMode;
}

/**
 * Sets the namespace of everything that is not certainly cluster-scoped, of subjects, and of the fields that the specs name.
 * @throws KustomizeError where two objects become one
 */
export function setNamespaces(options: SetNamespacesOptions): Transformer {
  return (set) => {
    if (options.namespace === "") return;
    const counts = set.countKeys();
    for (const object of set.objects) {
      if (isNilOrEmpty(object.node) || object.annotations().get(helmGeneratedAnnotation) === "true") continue;
      const before = object.key();
      object.storePreviousId();
      setNamespace(object.live, object.currentId().clusterScoped, options, set.budget);
      move(counts, before, object);
    }
    set.changed();
  };
}

function move(counts: Map<string, number>, before: string, object: BuildObject): void {
  counts.set(before, (counts.get(before) ?? 1) - 1);
  const after = object.key();
  const count = (counts.get(after) ?? 0) + 1;
  counts.set(after, count);
  if (count === 1) return;
  throw new KustomizeError(`namespace transformation produces ID conflict: ${formatId(object.currentId())}`, {
    position: { file: object.origin, field: "namespace" },
  });
}

/** Sets the namespace in one object. */
export function setNamespace(
  object: Node,
  clusterScoped: boolean,
  options: SetNamespacesOptions,
  budget: BuildBudget,
): void {
  const set = namespaceSetter(options, budget);
  budget.step(options.specs.length * stepsPerSpec);
  const kind = field(object, "kind")?.value ?? "";
  const apiVersion = field(object, "apiVersion")?.value ?? "";
  if (!clusterScoped)
    applyFieldSpec(object, { path: "metadata/namespace", create: true }, { set, budget, createKind: "scalar" });
  const isBinding = kind === "RoleBinding" || kind === "ClusterRoleBinding";
  if (isBinding) setSubjects(object, set, options.subjects ?? "defaultOnly");
  for (const spec of options.specs) {
    if (spec.path === "metadata/namespace" || (spec.path === "metadata/name" && apiVersion !== "v1")) continue;
    if (
      isBinding &&
      spec.path === "subjects/namespace" &&
      (spec.kind === "RoleBinding" || spec.kind === "ClusterRoleBinding")
    )
      continue;
    applyFieldSpec(object, spec, { set, budget, createKind: "scalar", createTag: "!!str" });
  }
}

function namespaceSetter({ namespace, unsetOnly }: SetNamespacesOptions, budget: BuildBudget): (node: Node) => void {
  return (node) => {
    if (unsetOnly && !isMissingOrNull(node) && (node.kind !== "scalar" ? node.content.length > 0 : node.value !== ""))
      return;
    budget.writeText(namespace.length);
    setScalar(node, makeNode("scalar", "!!str", namespace));
  };
}

function setSubjects(object: Node, set: (node: Node) => void, mode: SubjectMode): void {
  if (mode === "none") return;
  const subjects = field(object, "subjects");
  if (subjects === undefined || isMissingOrNull(subjects)) return;
  requireKind(subjects, "sequence");
  const [name, value] = mode === "defaultOnly" ? ["name", "default"] : ["kind", "ServiceAccount"];
  for (const subject of subjects.content) {
    requireKind(subject, "mapping");
    const found = field(subject, name);
    requireKind(found, "scalar");
    if (isMissingOrNull(found) || found?.value !== value) continue;
    const namespace = lookup(subject, ["namespace"], "scalar");
    if (namespace !== undefined) set(namespace);
  }
}
