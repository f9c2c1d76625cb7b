import type { ServerOptions } from "./options.ts";
import type { Server } from "./server.ts";

/**
 * Starts everything and resolves when the sockets listen; see `Server.ready` for the first passes.
 * @throws EddyError LISTEN_FAILED (terminal), STORAGE_UNUSABLE (terminal); KubeConnectionError when the cluster does not answer.
 */
export function startServer(_options: ServerOptions): Promise<Server> {
  return Promise.reject(new Error("start the server: the controllers are not composed yet"));
}
