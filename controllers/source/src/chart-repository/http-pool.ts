import type { Clock } from "@eddy/core/clock";
import { createHttpClient, type HttpClient } from "@eddy/http";
import type { HelmAccess } from "./helm-access.ts";

/** HTTP clients by trust and credentials, with their kept connections. */
export interface HttpPool {
  open(access: HelmAccess): HttpClient;
  close(): void;
}

const maxClients = 64;

/** An empty pool. The client that was asked for longest ago goes when there are too many. */
export function createHttpPool({ clock }: { clock: Clock }): HttpPool {
  const clients = new Map<string, HttpClient>();
  return {
    open({ key, client: options }) {
      const known = clients.get(key);
      const client = known ?? createHttpClient({ ...options, clock });
      clients.delete(key);
      clients.set(key, client);
      const oldest = clients.keys().next().value ?? "";
      if (clients.size > maxClients) {
        // A download that is under way is tried again.
        clients.get(oldest)?.close();
        clients.delete(oldest);
      }
      return client;
    },
    close() {
      for (const client of clients.values()) client.close();
      clients.clear();
    },
  };
}
