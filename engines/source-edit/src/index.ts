/**
 * Edits images, tags and annotations in YAML files: exactly the scalars concerned change, byte for byte.
 *
 * Never writes YAML anew. Entry points: {@link findImages} and {@link findMarkers} (what is there) and {@link planEdits} (what becomes of a tree).
 */
export type {
  EditPlan,
  EditRefusal,
  EditScope,
  MarkedImage,
  ObjectIdentifier,
  ObjectTarget,
  ScalarChange,
  SourceEdit,
} from "./edit-plan.ts";
export { findImages, type FoundImages } from "./find-images.ts";
export { findMarkers, type MarkedField } from "./find-markers.ts";
export type { ImageField } from "./image-field.ts";
export { planEdits } from "./plan-edits.ts";
