import { parseImage } from "@eddy/core/image";
import type { ImageField, SourceEdit } from "@eddy/source-edit";
import type { BuiltObject } from "./build-folder.ts";
import { sameRepository } from "./images.ts";
import type { WantedChange } from "./source-change.ts";

/** A place that may decide what is built, and the edit of it. */
export interface Candidate {
  readonly edit: SourceEdit;
  /** The place that is edited, where it is known before. */
  readonly field?: ImageField;
}

/**
 * Where a change may have to be made, of all images that the folder's files name, most decisive first: entries of `images` in kustomizations, the file that the object is
 * from, files that patch it. Which one it is, the build tells.
 */
export function findCandidates(
  images: readonly ImageField[],
  target: BuiltObject,
  change: WantedChange,
  current: string | undefined,
): Candidate[] {
  const ofObject = images
    .filter(({ object }) => object.kind === target.object.kind && target.object.metadata.name.includes(object.name))
    .sort((left, right) => rank(left, target) - rank(right, target));
  if (change.form === "annotations") return annotationCandidates(ofObject, target, change.annotations);
  return [
    ...kustomizationCandidates(images, change.image, current),
    ...ofObject
      .filter(({ container }) => container === change.container)
      .map((field): Candidate => {
        const { kind, name } = field.object;
        const object = { kind, name, file: field.file };
        return { field, edit: { kind: "image", object, container: change.container, image: change.image } };
      }),
  ];
}

/** What was written last counts: the object's own file, and there its own name. */
function rank({ file, object }: ImageField, target: BuiltObject): number {
  return (file === target.origin ? 0 : 2) + (object.name === target.object.metadata.name ? 0 : 1);
}

function kustomizationCandidates(
  images: readonly ImageField[],
  wanted: string,
  current: string | undefined,
): Candidate[] {
  const { name, tag, digest } = parseImage(wanted);
  const parts = { ...(tag === undefined ? {} : { newTag: tag }), ...(digest === undefined ? {} : { digest }) };
  const names = [name, ...(current === undefined ? [] : [nameOf(current)])];
  return images
    .filter(({ form, container, image }) => {
      const isEntry = form === "kustomization";
      return isEntry && names.some((one) => sameRepository(one, container) || sameRepository(one, image.name));
    })
    .map((field) => {
      const renamed = sameRepository(field.image.name, name) ? {} : { newName: name };
      return {
        field,
        edit: { kind: "kustomization-image", file: field.file, name: field.container, ...renamed, ...parts },
      };
    });
}

function nameOf(image: string): string {
  try {
    return parseImage(image).name;
  } catch {
    return image;
  }
}

function annotationCandidates(
  fields: readonly ImageField[],
  target: BuiltObject,
  annotations: Readonly<Record<string, string | null>>,
): Candidate[] {
  const { kind, metadata } = target.object;
  const places = new Map([
    ...fields.map(({ file, object }) => [`${file} ${object.name}`, { kind, name: object.name, file }] as const),
    // An object without images of its own has its file all the same.
    [`${target.origin} ${metadata.name}`, { kind, name: metadata.name, file: target.origin }] as const,
  ]);
  return [...places.values()].map((object) => ({ edit: { kind: "annotations", object, annotations } }));
}
