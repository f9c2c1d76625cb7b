import type { ObjectMeta, ObjectRef } from "@eddy/core/object";

/** Metadata of applied objects as a watch last saw them. */
export interface LiveMetadata {
  /**
   * `unwatched`: nothing is known (no watch on the kind yet, or not read once); `absent`: no object with an ownership
   * label; otherwise what the watch last saw.
   */
  of(ref: ObjectRef): ObjectMeta | "absent" | "unwatched";
  /** Starts watching a kind, if it is not watched yet. Returns at once. */
  watch(kind: { group: string; kind: string }): void;
}
