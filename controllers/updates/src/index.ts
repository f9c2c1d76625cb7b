/**
 * Updates of images by labels and annotations on workloads, as Keel has them, and the ways by which people vote on changes.
 *
 * Not ImagePolicies (`@eddy/image-controller`) and not the decision which tag is next (`@eddy/image-policy`). Entry point:
 * {@link startUpdates}.
 */
export { startUpdates, type UpdateOptions, type UpdatesHandle } from "./start.ts";
