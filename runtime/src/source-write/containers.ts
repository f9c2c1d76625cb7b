import type { KubeObject } from "@eddy/core/object";
import { memoryTree } from "@eddy/core/tree";
import { formatImage } from "@eddy/core/image";
import { findImages } from "@eddy/source-edit";

/** An image that an object names. */
export interface ObjectContainer {
  /** Of a pod's template its name; of a HelmRelease's values `chart-image`, or the key of the map around. */
  readonly name: string;
  readonly form: "container" | "init-container" | "values";
  /** As it is spelled. */
  readonly image: string;
}

/** The images of an object, init containers first; none for an object that has none. Pure. */
export function containersOf({ apiVersion, kind, metadata, spec }: KubeObject): ObjectContainer[] {
  const { name, namespace } = metadata;
  // JSON is YAML: what counts as an image is told in one place.
  const text = JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec });
  return findImages(memoryTree({ "object.yaml": text })).images.flatMap(({ container, form, image }) =>
    form === "kustomization" ? [] : [{ name: container, form, image: formatImage(image) }],
  );
}
