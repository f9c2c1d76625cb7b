/**
 * Updates of images by labels and annotations on workloads, as Keel has them, and the ways by which people vote on changes.
 *
 * Not ImagePolicies (`@eddy/image-controller`), not the decision which tag is next (`@eddy/image-policy`), and not the count of votes
 * (`@eddy/runtime/approval`). Entry point: {@link startUpdatesControllers}, which loads the rest when it is used.
 */
export { startUpdatesControllers } from "./start-when-used.ts";
export type { UpdatesControllerOptions } from "./create-updates-controller.ts";
