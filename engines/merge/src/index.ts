/**
 * How the Kubernetes API server merges: server-side apply with field ownership, strategic merge patch, merge patch, JSON patch.
 *
 * Pure computation on plain JSON: no HTTP, no storage, no defaulting, no validation beyond what merging needs. Nothing passed in
 * is changed, and results share structure with what was passed in. Entry points: {@link apply} and {@link update}.
 */
export { apply } from "./managers/apply.ts";
export { restoreTimes } from "./managers/restore-times.ts";
export { update } from "./managers/update.ts";
export { decodeManagedFields, encodeManagedFields } from "./managers/managed-fields.ts";
export type {
  ApplyOutcome,
  ApplyRequest,
  ConflictCause,
  Managed,
  ManagerEntry,
  ResourceSchema,
  WriteRequest,
} from "./managers/types.ts";
export { MergeError } from "./merge-error.ts";
export { compareValues, type Comparison } from "./typed/compare-values.ts";
export { customResourceType, mergeTypeOf, type MergeTypeOfOptions, type ResolveRef } from "./typed/merge-type-of.ts";
export { deducedType, untypedAtomic, untypedScalar } from "./typed/merge-type.ts";
export type { FieldType, ListType, MapType, MergeType, ScalarKind } from "./typed/merge-type.ts";
export { mergeValues } from "./typed/merge-values.ts";
export { extractItems, removeItems } from "./typed/remove-items.ts";
export { toFieldSet } from "./typed/to-field-set.ts";
export { formatTypeProblems, validateType, type TypeProblem } from "./typed/validate.ts";
export {
  emptySet,
  equalSets,
  fieldSetOf,
  hasPath,
  intersectSets,
  isEmptySet,
  subtractSet,
  subtractSubtrees,
  unionSets,
  type FieldNode,
  type FieldSet,
} from "./fields/field-set.ts";
export { decodeFieldsV1, encodeFieldsV1, forEachPath } from "./fields/fields-v1.ts";
export { showPath } from "./fields/path-element.ts";
export { applyJsonPatch, maxJsonPatchOperations } from "./patch/json-patch.ts";
export { applyMergePatch } from "./patch/merge-patch.ts";
export { applyStrategicMergePatch } from "./strategic/strategic-merge-patch.ts";
