import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where to listen. */
export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Absent: every address. */
  readonly host?: string | undefined;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Cuts all connections, and resolves when the port is free. */
  stop(): Promise<void>;
}

/**
 * Listens.
 * @throws the system's error when the address cannot be had
 */
export async function listen(server: Server, { port, host }: ListenOptions): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    // It stays: a connection that could not be accepted later must not end the process.
    server.on("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
