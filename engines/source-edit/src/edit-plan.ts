/** Which object a document of a file holds. `name` is "" where there is none, as in a kustomization. */
export interface ObjectIdentifier {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** One scalar that changes, is added or is removed. Line and column count from 1 and are those of the unchanged file. */
export interface ScalarChange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `spec.template.spec.containers[0].image`. */
  readonly field: string;
  readonly object: ObjectIdentifier;
  /** Undefined when the field is new. */
  readonly oldValue: string | undefined;
  /** Undefined when the field goes. */
  readonly newValue: string | undefined;
  /** Of a change that a marker asked for: `namespace:name`, with `:tag`, `:name` or `:digest` behind it. */
  readonly setter?: string;
}

/** A change that cannot be made exactly, and why; the file stays as it is in that place. */
export interface EditRefusal {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  /** Without the place: `the value is a block of several lines`. */
  readonly reason: string;
}

/** What becomes of a tree. */
export interface EditPlan {
  /** By path, files that change and only those; everything in them but the changed scalars is as it was, byte for byte. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** In the order of path and text. */
  readonly changes: readonly ScalarChange[];
  readonly refusals: readonly EditRefusal[];
  /** Edits for which nothing was found, as given. A wanted value that stands there already was found. */
  readonly unmatched: readonly SourceEdit[];
}

/** Which object is meant. What is left out matches anything; a document without a namespace matches every namespace. */
export interface ObjectTarget {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** API group; "" is the core group. */
  readonly group?: string;
  /** The one file to look in. */
  readonly file?: string;
}

/** The latest image of an ImagePolicy, for the markers that name it. */
export interface MarkedImage {
  readonly namespace: string;
  readonly policy: string;
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
}

/**
 * One wanted change.
 *
 * `markers`: every scalar with a comment like `{"$imagepolicy": "ns:policy:tag"}` takes what its policy says.
 * `image`: a container (init containers too) of a workload, or an image among the values of a HelmRelease (`container` is
 * `chart-image` for the values' own `image`, else the key of the map around it, dotted where nested), takes a reference
 * `name[:tag][@digest]`. Without `container`: every one whose image has the same name. `path` names the scalar, or the map
 * of `repository`, `tag`, …, in any other kind.
 * `kustomization-image`: the entry of `images` with this `name`; `add` makes one where there is none. A digest takes the
 * place of a tag and the other way round.
 * `field`: one scalar at a path like `spec.values.web.tag` or `spec.list[0].x`.
 * `annotations`: set by name, removed with null; `metadata.annotations` is made where there is none.
 */
export type SourceEdit =
  | { readonly kind: "markers"; readonly images: readonly MarkedImage[] }
  | {
      readonly kind: "image";
      readonly object: ObjectTarget;
      readonly container?: string;
      readonly path?: string;
      readonly image: string;
    }
  | {
      readonly kind: "kustomization-image";
      readonly file: string;
      readonly name: string;
      readonly newName?: string;
      readonly newTag?: string;
      readonly digest?: string;
      readonly add?: boolean;
    }
  | { readonly kind: "field"; readonly object: ObjectTarget; readonly path: string; readonly value: string }
  | {
      readonly kind: "annotations";
      readonly object: ObjectTarget;
      readonly annotations: Readonly<Record<string, string | null>>;
    };

/** Options of `planEdits` and `findImages`. */
export interface EditScope {
  /** Files and folders to look in; default the whole tree. */
  readonly paths?: readonly string[];
  /** Bytes of one file; larger ones are left out with a refusal. Default 8 MiB. */
  readonly maxFileBytes?: number;
  /**
   * Identities of contents (`FileTree.identityOf`) that are known to have no marker: they are not read where only markers are looked
   * for, and those that turn out to have none are added. Good for any tree.
   */
  readonly unmarked?: Set<string>;
}
