/**
 * A Git server in process, over bare repositories on disk: smart HTTP, pushes with a callback.
 *
 * For development and tests; not a forge. Entry point: {@link startGitServer}.
 */
export { startGitServer } from "./start-git-server.ts";
export type * from "./server.ts";
