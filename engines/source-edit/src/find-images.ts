import { Buffer } from "node:buffer";
import type { FileTree } from "@eddy/core/tree";
import type { Image } from "@eddy/core/image";
import { getField, type Node } from "@eddy/goyaml";
import { setterOf } from "./edit-markers.ts";
import { kustomizationImages } from "./edit-kustomization.ts";
import type { EditRefusal, EditScope } from "./edit-plan.ts";
import { formatFieldPath } from "./field-path.ts";
import type { ImageField } from "./image-field.ts";
import { podContainers } from "./pod-containers.ts";
import { sourceFiles } from "./source-files.ts";
import { splitImage, valuesImages } from "./values-image.ts";
import { type FileObject, isReadable, readYamlFile, textOf, type YamlFile } from "./yaml-file.ts";

/** The images of a tree, and the files that could not be looked into. */
export interface FoundImages {
  /** In the order of path and text. */
  readonly images: readonly ImageField[];
  readonly unreadable: readonly EditRefusal[];
}

/** Every image that the files name: containers, init containers, values of HelmReleases, entries of kustomizations. */
export function findImages(tree: FileTree, scope: EditScope = {}): FoundImages {
  const images: ImageField[] = [];
  const unreadable: EditRefusal[] = [];
  for (const path of sourceFiles(tree, scope.paths)) {
    const bytes = tree.read(path);
    if (bytes === undefined || !Buffer.from(bytes).includes("image")) continue;
    if (bytes.length > (scope.maxFileBytes ?? 8 * 1024 * 1024)) continue;
    const file = readYamlFile(path, bytes);
    if (isReadable(file)) for (const object of file.objects) images.push(...imagesOf(file, object));
    else unreadable.push({ file: path, line: file.line, field: "", reason: file.reason });
  }
  return { images, unreadable };
}

function imagesOf(file: YamlFile, object: FileObject): ImageField[] {
  const describe = (
    node: Node,
    field: string,
    form: ImageField["form"],
    container: string,
    image: Image,
  ): ImageField => {
    const setter = setterOf(node);
    const { line, column } = node;
    const place = { file: file.path, line, column, field: object.prefix + field, object: object.id };
    return { ...place, container, form, image, ...(setter === undefined ? {} : { setter }) };
  };
  const containers = podContainers(object).flatMap(({ name, form, image, path }) =>
    image === undefined || textOf(image) === ""
      ? []
      : [describe(image, formatFieldPath(path), form, name, splitImage(textOf(image)))],
  );
  const values = valuesImages(object).map(({ container, path, parts, nameKey, image }) =>
    describe(getField(parts, nameKey) ?? parts, formatFieldPath(path), "values", container, image),
  );
  const entries = kustomizationImages(object).map(({ name, node, path }) =>
    describe(getField(node, "newTag") ?? node, formatFieldPath(path), "kustomization", name, entryImage(name, node)),
  );
  return [...containers, ...values, ...entries];
}

function entryImage(name: string, node: Node): Image {
  const [newName, tag, digest] = ["newName", "newTag", "digest"].map((key) => textOf(getField(node, key)));
  return { name: newName || name, ...(tag ? { tag } : {}), ...(digest ? { digest } : {}) };
}
