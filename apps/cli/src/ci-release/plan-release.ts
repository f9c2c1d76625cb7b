import { canonicalNameOf, formatImage, type Image } from "@eddy/core/image";
import type { FileTree } from "@eddy/core/tree";
import { findImages, findMarkers, planEdits, type EditPlan, type ImageField, type SourceEdit } from "@eddy/source-edit";
import type { ReleaseRequest, ReleaseTarget } from "./release-request.ts";

/** What a release changes, and what it found. */
export interface ReleasePlan extends EditPlan {
  /** How many places use the image already or will. */
  readonly places: number;
  /** Targets that are not below the paths, as they were typed. */
  readonly missing: readonly string[];
}

/** The edits of a release. Pure; planned again on every head that a branch takes. */
export function planRelease(tree: FileTree, { image, targets, paths }: ReleaseRequest): ReleasePlan {
  const scope = { paths };
  if (targets.length === 0) {
    const found = findImages(tree, scope).images.filter(({ image: used }) => sameName(used.name, image.name));
    return {
      ...planEdits(
        tree,
        found.map((field) => editOf(field, image)),
        scope,
      ),
      places: found.length,
      missing: [],
    };
  }
  const edits = targets.map((target) => editOfTarget(target, image));
  const plan = planEdits(tree, edits, scope);
  const missing = targets
    .filter((_, index) => plan.unmatched.includes(edits[index] as SourceEdit))
    .map(({ text }) => text);
  return { ...plan, places: placesOf(tree, targets, scope.paths) || targets.length - missing.length, missing };
}

function editOf({ file, form, container, object }: ImageField, image: Image): SourceEdit {
  if (form === "kustomization") {
    const { tag, digest } = image;
    const set = { ...(tag === undefined ? {} : { newTag: tag }), ...(digest === undefined ? {} : { digest }) };
    return { kind: "kustomization-image", file, name: container, ...set };
  }
  const { kind, name, namespace } = object;
  const target = { kind, name, file, ...(namespace === "" ? {} : { namespace }) };
  return { kind: "image", object: target, container, image: formatImage(image) };
}

function editOfTarget(target: ReleaseTarget, image: Image): SourceEdit {
  if (target.kind === "policy") {
    const { namespace, name: policy } = target;
    const { name, tag = "", digest } = image;
    return { kind: "markers", images: [{ namespace, policy, name, tag, ...(digest === undefined ? {} : { digest }) }] };
  }
  const { object, container } = target;
  return { kind: "image", object, image: formatImage(image), ...(container === undefined ? {} : { container }) };
}

function placesOf(tree: FileTree, targets: readonly ReleaseTarget[], paths: readonly string[]): number {
  const policies = targets.filter((target) => target.kind === "policy");
  if (policies.length === 0) return 0;
  const markers = findMarkers(tree, { paths });
  return policies.reduce((sum, { namespace, name }) => {
    const own = `${namespace}:${name}`;
    return sum + markers.filter(({ setter }) => setter === own || setter.startsWith(`${own}:`)).length;
  }, 0);
}

function sameName(left: string, right: string): boolean {
  if (left === right) return true;
  try {
    return canonicalNameOf(left) === canonicalNameOf(right);
  } catch {
    return false;
  }
}
