/**
 * Controllers of image.toolkit.fluxcd.io: images are scanned, selected, and committed.
 *
 * Not the policies themselves (`@eddy/image-policy`), nor the edits (`@eddy/source-edit`). Entry point:
 * {@link startImageControllers}.
 */
export { startImageControllers, type ImageControllerOptions } from "./start.ts";
export { explainImagePolicy, type ExplainPorts, type PolicyExplanation } from "./explain-image-policy.ts";
