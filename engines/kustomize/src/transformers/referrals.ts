import { type BuildBudget, stepsPerObject } from "../budget.ts";
import type { FieldSpec } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import { field, textOf } from "../node/fields.ts";
import { type Gvk, isSelected } from "../resid/gvk.ts";
import { effectiveNamespace, formatId, noNamespace, type ResId } from "../resid/res-id.ts";
import type { BuildObject } from "../resource/build-object.ts";

/** A name in a field of an object, and what is known of whom it means. */
export interface Reference {
  referrer: BuildObject;
  spec: FieldSpec;
  /** Kind of the objects that the field names. */
  target: Gvk;
  name: string;
  /** The namespace that stands beside the name, if one does. */
  namespace: string | undefined;
  /** Whether it does not matter which of several candidates is taken. */
  identical: (candidates: readonly BuildObject[]) => boolean;
}

interface Candidate {
  object: BuildObject;
  current: ResId;
  previous: readonly ResId[];
}

interface Referrer {
  id: ResId;
  /** Namespaces of the service accounts that a role binding names. */
  bindingNamespaces: ReadonlySet<string>;
}

function addTo(index: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [candidate]);
  else list.push(candidate);
}

/** Finds the objects that names mean. Source: kustomize filters/nameref. */
export class Referrals {
  readonly #byPreviousName = new Map<string, Candidate[]>();
  readonly #byOriginalNamespace = new Map<string, Candidate[]>();
  readonly #referrers = new Map<BuildObject, Referrer>();

  /** What looking for objects is counted against. */
  readonly budget: BuildBudget;

  constructor(objects: readonly BuildObject[], budget: BuildBudget) {
    this.budget = budget;
    for (const object of objects) {
      const candidate = { object, current: object.currentId(), previous: object.previousIds() };
      addTo(this.#byOriginalNamespace, effectiveNamespace(candidate.previous[0] ?? candidate.current), candidate);
      for (const name of new Set(candidate.previous.map((id) => id.name))) addTo(this.#byPreviousName, name, candidate);
    }
  }

  /** The object that a reference means, or undefined. @throws KustomizeError where it could mean several */
  find(reference: Reference): BuildObject | undefined {
    const named = this.#byPreviousName.get(reference.name);
    if (named === undefined) return undefined;
    const referrer = this.#referrer(reference.referrer);
    const role = roleRefOf(reference);
    this.budget.step(named.length * stepsPerObject);
    const isInNamespace = this.#namespaceTest(reference.namespace, referrer);
    let candidates = named.filter(
      (candidate) =>
        candidate.previous.some((id) => isSelected(id, reference.target)) &&
        mayBeReferenced(candidate, referrer) &&
        isInNamespace(candidate) &&
        (role === undefined || candidate.previous.some((id) => isSelected(id, role))) &&
        sharesNamespace(candidate, referrer.id),
    );
    if (candidates.length === 1) return candidates[0]?.object;
    candidates = candidates.filter(({ object }) => sameAffixes(object, reference.referrer, true));
    if (candidates.length > 1)
      candidates = candidates.filter(({ object }) => sameAffixes(object, reference.referrer, false));
    const objects = candidates.map(({ object }) => object);
    if (objects.length <= 1 || reference.identical(objects)) return objects[0];
    const ids = candidates.map(({ current }) => formatId(current)).join(", ");
    throw new KustomizeError(`found multiple possible referrals: ${ids}`, {
      hint: "name the objects differently, or give them different prefixes",
    });
  }

  #referrer(object: BuildObject): Referrer {
    const known = this.#referrers.get(object);
    if (known !== undefined) return known;
    const referrer = { id: object.currentId(), bindingNamespaces: bindingNamespacesOf(object) };
    this.#referrers.set(object, referrer);
    return referrer;
  }

  /** A namespace beside the name means the first namespaces of objects if a candidate had it, else the present ones. */
  #namespaceTest(namespace: string | undefined, referrer: Referrer): (candidate: Candidate) => boolean {
    if (namespace === undefined) return () => true;
    if (namespace === noNamespace) return () => false;
    const original = this.#byOriginalNamespace.get(namespace) ?? [];
    let asked = 0;
    const wasThere = original.some((candidate) => {
      asked++;
      return mayBeReferenced(candidate, referrer);
    });
    this.budget.step(asked);
    return ({ current, previous }) => effectiveNamespace(wasThere ? (previous[0] ?? current) : current) === namespace;
  }
}

/** Cluster-scoped objects, those of the referrer's namespace, and those in namespaces that a role binding's subjects name. */
function mayBeReferenced({ current }: Candidate, referrer: Referrer): boolean {
  return (
    referrer.id.clusterScoped ||
    current.clusterScoped ||
    effectiveNamespace(current) === effectiveNamespace(referrer.id) ||
    referrer.bindingNamespaces.has(current.namespace)
  );
}

function sharesNamespace({ current }: Candidate, referrer: ResId): boolean {
  return (
    referrer.clusterScoped ||
    current.clusterScoped ||
    current.kind === "ServiceAccount" ||
    effectiveNamespace(current) === effectiveNamespace(referrer)
  );
}

function bindingNamespacesOf(object: BuildObject): ReadonlySet<string> {
  const namespaces = new Set<string>();
  if (object.kind !== "RoleBinding") return namespaces;
  const subjects = field(object.node, "subjects");
  if (subjects?.kind !== "sequence") return namespaces;
  for (const subject of subjects.content) {
    const namespace = field(subject, "namespace");
    if (namespace === undefined || textOf(field(subject, "kind")) !== "ServiceAccount") continue;
    if (namespace.tag !== "!!str" && namespace.tag !== "") {
      throw new KustomizeError(`Invalid Input: namespace is blank for resource "${formatId(object.currentId())}"`, {
        position: { file: object.origin, line: namespace.line, field: "subjects.namespace" },
      });
    }
    namespaces.add(namespace.value);
  }
  return namespaces;
}

/** The kind that a binding's `roleRef` says, for the field below it. */
function roleRefOf({ spec, referrer }: Reference): Gvk | undefined {
  if (!(spec.path ?? "").endsWith("roleRef/name")) return undefined;
  const roleRef = field(referrer.node, "roleRef");
  const [group, kind] = [field(roleRef, "apiGroup"), field(roleRef, "kind")];
  return group === undefined || kind === undefined ? undefined : { group: group.value, version: "", kind: kind.value };
}

function sameAffixes(left: BuildObject, right: BuildObject, allowEmpty: boolean): boolean {
  return sameEnding(left.prefixes, right.prefixes, allowEmpty) && sameEnding(left.suffixes, right.suffixes, allowEmpty);
}

function sameEnding(left: readonly string[], right: readonly string[], allowEmpty: boolean): boolean {
  const length = Math.min(left.length, right.length);
  if (length === 0) return allowEmpty || left.length === right.length;
  const [ending, other] = [left.slice(-length), right.slice(-length)];
  return ending.every((affix, index) => affix === other[index]);
}

/** Whether all candidates are called the same now. */
export function sameNames(candidates: readonly BuildObject[]): boolean {
  return candidates.every(({ name }) => name === candidates[0]?.name);
}

/** Whether all candidates are called the same now and live in one namespace. */
export function sameNamesAndNamespaces(candidates: readonly BuildObject[]): boolean {
  return sameNames(candidates) && candidates.every(({ namespace }) => namespace === candidates[0]?.namespace);
}
