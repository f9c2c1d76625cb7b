/**
 * Composes the controllers, artifacts, health, metrics, logs and leader election into one process.
 *
 * Not a command (`apps/cli` is) and no policy of any kind. Entry point: `startServer`.
 */
export type { LogBuffer } from "./log-buffer.ts";
export type { LogEncoding, ServerOptions } from "./options.ts";
export type { Server } from "./server.ts";
export { startServer } from "./start-server.ts";
