import type { Clock } from "@eddy/core/clock";
import { createOciClient, type OciClient } from "@eddy/oci";
import type { RegistryAccess } from "./registry-access.ts";

/** Clients of objects, kept from pass to pass with their connections and tokens. */
export interface RegistryPool {
  /** The owner's client; a former one of another access is closed. */
  open(owner: string, access: RegistryAccess): OciClient;
  release(owner: string): void;
  close(): void;
}

/** A pool with nothing open. */
export function createRegistryPool({ clock }: { clock: Clock }): RegistryPool {
  const clients = new Map<string, { key: string; client: OciClient }>();
  const release = (owner: string): void => {
    clients.get(owner)?.client.close();
    clients.delete(owner);
  };
  return {
    release,
    open(owner, { key, options }) {
      const known = clients.get(owner);
      if (known?.key === key) return known.client;
      release(owner);
      const client = createOciClient({ ...options, clock });
      clients.set(owner, { key, client });
      return client;
    },
    close() {
      for (const owner of clients.keys()) release(owner);
    },
  };
}
