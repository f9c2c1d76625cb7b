/**
 * How wanted objects reach a cluster: server-side apply in stages, as Flux does it.
 *
 * Not garbage collection (`@eddy/runtime/inventory`) and not health. Entry points: {@link applyStaged} and
 * {@link createAppliedMemory}.
 */
export { ApplyError, formatApplyError, isImmutableError, type ApplyPhase } from "./apply-error.ts";
export { createAppliedMemory, type AppliedMemory, type AppliedRecord } from "./applied-memory.ts";
export { applyStaged } from "./apply-staged.ts";
export { awaitServed } from "./await-served.ts";
export {
  changeEntry,
  formatChanges,
  hasChanged,
  type ChangeAction,
  type ChangeEntry,
  type ChangeSet,
} from "./change-set.ts";
export { controlsOf, isOwnedBy, type ControlMetadata, type Owner } from "./control-metadata.ts";
export { compileIgnoreRules, withoutPaths, type CompiledIgnoreRules } from "./ignore-rules.ts";
export { planOverride } from "./foreign-managers.ts";
export type { LiveMetadata } from "./live-metadata.ts";
export { normalizeObject, type CommonMetadata } from "./normalize-object.ts";
export { compareRefs, rankOf } from "./object-order.ts";
export { proveUntouched } from "./prove-untouched.ts";
export { previewObject, type ObjectPreview, type PreviewOptions } from "./preview-object.ts";
export type { ApplyOptions, ApplyTarget } from "./target.ts";
