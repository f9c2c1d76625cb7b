/**
 * Writes to where objects come from: which Git repository and files an object of the cluster was applied from, what is edited there
 * so that the build gives what is wanted, the commit, and the request to look at it.
 *
 * Not the edit of one file (`@eddy/source-edit`) and not the push (`@eddy/git`). Entry points: {@link resolveOrigin},
 * {@link planSourceChange}, {@link writeSource}, {@link requestLook}.
 */
export { containersOf, type ObjectContainer } from "./containers.ts";
export { overlayTree } from "./overlay-tree.ts";
export { resolveOrigin, type GitOrigin, type Origin, type OriginPorts } from "./origin.ts";
export { planSourceChange } from "./plan-source-change.ts";
export { requestLook } from "./request-look.ts";
export { reviewRefusal } from "./review-refusal.ts";
export type { AppliedFolder, RefusedChange, SourceChangePlan, WantedChange } from "./source-change.ts";
export {
  writeSource,
  type SourceCommit,
  type SourceDraft,
  type SourceWritePorts,
  type SourceWriteRequest,
} from "./write-source.ts";
