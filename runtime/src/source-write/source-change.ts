import type { KustomizationSpec } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { ScalarChange } from "@eddy/source-edit";

/** An object as it is in the cluster. */
export interface WrittenObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** What an object is to have. */
export type WantedChange =
  /** `container` as {@link containersOf} names it; `image` is `name[:tag][@digest]`. */
  | { readonly form: "image"; readonly object: WrittenObject; readonly container: string; readonly image: string }
  /** Set by name, removed with null. */
  | {
      readonly form: "annotations";
      readonly object: WrittenObject;
      readonly annotations: Readonly<Record<string, string | null>>;
    };

/** A folder that a Kustomization builds, and what is to be built from it. */
export interface AppliedFolder {
  readonly spec: KustomizationSpec;
  readonly changes: readonly WantedChange[];
  /** Why an object, as the repository has it now, is not to be changed. Default: every one may be. */
  readonly guard?: (object: KubeObject, change: WantedChange) => string | undefined;
}

/** A change that cannot be made, and why. */
export interface RefusedChange {
  readonly change: WantedChange;
  /** Names the file and line where there is one. */
  readonly reason: string;
}

/** What becomes of a repository. Built again, it gives exactly what was wanted, and no image that was not. */
export interface SourceChangePlan {
  /** Files that change, whole, by path; none when all is as wanted. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Scalars that change, by file and line. */
  readonly scalars: readonly ScalarChange[];
  /** Changes that were made. */
  readonly made: readonly WantedChange[];
  /** Changes that nothing had to be done for. */
  readonly present: readonly WantedChange[];
  readonly refused: readonly RefusedChange[];
}
