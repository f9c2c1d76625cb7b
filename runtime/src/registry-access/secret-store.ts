import type { KubeClient } from "@eddy/kube";
import type { Caches } from "../controller/index.ts";
import { createDataStore } from "../data/index.ts";

/** A Secret's decoded data by key. */
export type SecretData = Readonly<Record<string, string>>;

/** Secrets that objects log in with, read again only when they changed. */
export interface SecretStore {
  /** @throws what the client throws; for a missing Secret its `NotFound`. */
  read(namespace: string, name: string): Promise<SecretData>;
}

/** An empty store. What is secret in a Secret is registered by who reads it: a user name is not. */
export function createSecretStore(kube: KubeClient, caches: Caches): SecretStore {
  const data = createDataStore({ kube, caches });
  return { read: (namespace, name) => data.require({ group: "", kind: "Secret", namespace, name }) };
}
