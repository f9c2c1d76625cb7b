import type { Image } from "@eddy/core/image";
import type { ObjectIdentifier } from "./edit-plan.ts";

/** A place in a tree where an image is named, with all that is needed to show it and to ask for an edit of it. */
export interface ImageField {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Path of the scalar, or of the map of `repository`, `tag` and the like. */
  readonly field: string;
  readonly object: ObjectIdentifier;
  /** What an edit calls it: the container's name; `chart-image` or the key among values; the `name` of a kustomization's entry. */
  readonly container: string;
  readonly form: "container" | "init-container" | "values" | "kustomization";
  readonly image: Image;
  /** The `namespace:name[:part]` of a marker on its scalar. */
  readonly setter?: string;
}
