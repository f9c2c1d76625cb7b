/**
 * Updates of images by labels and annotations on workloads, as Keel has them, and the ways by which people vote on changes.
 *
 * Not ImagePolicies (`@eddy/image-controller`), not the decision which tag is next (`@eddy/image-policy`), and not the count of votes
 * (`@eddy/runtime/approval`). Entry point: {@link createUpdatesController}.
 */
export {
  createUpdatesController,
  type UpdatesController,
  type UpdatesControllerOptions,
} from "./create-updates-controller.ts";
export type { UpdateOptions } from "./start.ts";
export type { ListenOptions } from "./endpoint/start-endpoint.ts";
