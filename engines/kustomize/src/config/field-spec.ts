import { KustomizeError } from "../error.ts";
import { compareGvk, type Gvk, isSelected } from "../resid/gvk.ts";

/** A field of a kind, as kustomizations and configurations write it. */
export interface FieldSpec {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  /** Steps joined by `/`; `\/` stands for a slash in a key. Lists on the way are walked through. */
  readonly path?: string;
  /** Make the field, and what leads to it, where it is missing. */
  readonly create?: boolean;
}

/** Objects whose field names objects of another kind. */
export interface NameReference extends FieldSpec {
  readonly fieldSpecs?: readonly FieldSpec[];
}

/** The GVK that a field spec selects; "" means any. */
export function gvkOfSpec({ group = "", version = "", kind = "" }: FieldSpec): Gvk {
  return { group, version, kind };
}

function covers(known: FieldSpec, incoming: FieldSpec): boolean {
  return known.path === incoming.path && isSelected(gvkOfSpec(known), gvkOfSpec(incoming));
}

/** Field specs with others added that are not covered yet. @throws KustomizeError where `create` differs */
export function mergeFieldSpecs(known: readonly FieldSpec[], incoming: readonly FieldSpec[]): readonly FieldSpec[] {
  let result: FieldSpec[] | undefined;
  for (const spec of incoming) {
    const same: FieldSpec | undefined = (result ?? known).find((candidate) => covers(candidate, spec));
    if (same === undefined) {
      result ??= [...known];
      result.push(spec);
    } else if ((same.create ?? false) !== (spec.create ?? false)) {
      throw new KustomizeError(`conflicting fieldspecs for the field "${spec.path ?? ""}"`, {
        position: { field: spec.path ?? "" },
      });
    }
  }
  return result ?? known;
}

/** Name references with others added, those of one kind joined. @throws KustomizeError */
export function mergeNameReferences(
  known: readonly NameReference[],
  incoming: readonly NameReference[],
): readonly NameReference[] {
  let result = known;
  for (const reference of incoming) {
    const { group, version, kind } = gvkOfSpec(reference);
    const isSame = (other: NameReference): boolean =>
      (other.group ?? "") === group && (other.version ?? "") === version && (other.kind ?? "") === kind;
    if (!result.some(isSame)) {
      result = [...result, reference];
      continue;
    }
    result = result.map((other) =>
      isSame(other)
        ? { ...other, fieldSpecs: mergeFieldSpecs(other.fieldSpecs ?? [], reference.fieldSpecs ?? []) }
        : other,
    );
  }
  return result;
}

/** Field specs in upstream's order of kinds. */
export function sortFieldSpecs<T extends FieldSpec>(specs: readonly T[]): readonly T[] {
  return specs.length < 2 ? specs : [...specs].sort((left, right) => compareGvk(gvkOfSpec(left), gvkOfSpec(right)));
}
