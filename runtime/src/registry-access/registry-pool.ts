import type { Clock } from "@eddy/core/clock";
import { createOciClient, type HostBudget, type OciClient } from "@eddy/oci";
import type { RegistryAccess } from "./registry-access.ts";

/** Clients, kept from pass to pass with their connections and tokens; owners of equal access share one. */
export interface RegistryPool {
  /** The owner's client; a former one of another access is closed, unless somebody else has it. */
  open(owner: string, access: RegistryAccess): OciClient;
  release(owner: string): void;
  close(): void;
}

/** Options of {@link createRegistryPool}. */
export interface RegistryPoolOptions {
  clock: Clock;
  /** What all clients of one account together may ask of a host. Default: anything. */
  budget?: HostBudget;
}

/** A pool with nothing open. */
export function createRegistryPool({ clock, budget }: RegistryPoolOptions): RegistryPool {
  const keys = new Map<string, string>();
  const clients = new Map<string, { client: OciClient; owners: Set<string> }>();
  const release = (owner: string): void => {
    const key = keys.get(owner) ?? "";
    const shared = clients.get(key);
    keys.delete(owner);
    shared?.owners.delete(owner);
    if (!shared || shared.owners.size > 0) return;
    shared.client.close();
    clients.delete(key);
  };
  return {
    release,
    open(owner, { key, account, options }) {
      const known = clients.get(key);
      if (known && keys.get(owner) === key) return known.client;
      const shared = known ?? {
        client: createOciClient({ ...options, clock, ...(budget ? { budget: budget.of(account) } : {}) }),
        owners: new Set<string>(),
      };
      shared.owners.add(owner);
      clients.set(key, shared);
      release(owner);
      keys.set(owner, key);
      return shared.client;
    },
    close() {
      for (const owner of keys.keys()) release(owner);
    },
  };
}
