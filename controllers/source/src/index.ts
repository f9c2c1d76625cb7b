/**
 * Controllers of source.toolkit.fluxcd.io: Git repositories are polled, fetched and stored as artifacts.
 *
 * Not Git itself (`@eddy/git`) and not the store (`@eddy/runtime/artifact`). Entry point: {@link startSourceController}.
 */
export { startSourceController, type SourceControllerOptions } from "./start.ts";
export { gitRepositoryController } from "./git-repository/controller.ts";
