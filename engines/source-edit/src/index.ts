/**
 * Edits images, tags and annotations in YAML files: exactly the scalars concerned change, byte for byte.
 *
 * Never writes YAML anew. Entry points: `findImages` (what is there) and `planEdits` (what becomes of a tree).
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
export type { ImageField } from "./image-field.ts";
