/**
 * A Git server in process, over bare repositories on disk: smart HTTP, pushes with a callback.
 *
 * For development and tests; not a forge. Entry point: `startGitServer`.
 */
export type * from "./server.ts";
