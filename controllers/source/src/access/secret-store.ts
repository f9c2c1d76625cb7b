import { isObject } from "@eddy/core/json";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { KubeObject } from "@eddy/core/object";
import type { Caches } from "@eddy/runtime/controller";

/** A Secret's decoded data by key. */
export type SecretData = Readonly<Record<string, string>>;

/** Secrets that sources log in with, read again only when they changed. */
export interface SecretStore {
  /** @throws what the client throws; for a missing Secret its `NotFound`. */
  read(namespace: string, name: string): Promise<SecretData>;
}

/** An empty store. What it keeps is proven current by the metadata watch of {@link Caches}. */
export function createSecretStore(kube: KubeClient, caches: Caches): SecretStore {
  const known = new Map<string, { resourceVersion: string; data: SecretData }>();
  return {
    async read(namespace, name) {
      const key = `${namespace}/${name}`;
      const seen = caches.of({ group: "", version: "v1", kind: "Secret" }, { metadataOnly: true }).get(namespace, name);
      const entry = known.get(key);
      if (entry && seen?.metadata.resourceVersion === entry.resourceVersion) return entry.data;
      try {
        const secret = await kube.get({ group: "", version: "v1", kind: "Secret", namespace, name });
        const data = dataOf(secret);
        known.set(key, { resourceVersion: secret.metadata.resourceVersion ?? "", data });
        return data;
      } catch (error) {
        if (hasReason(error, "NotFound")) known.delete(key);
        throw error;
      }
    },
  };
}

function dataOf(secret: KubeObject): SecretData {
  const data = isObject(secret["data"]) ? secret["data"] : {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(typeof value === "string" ? value : "", "base64").toString("utf8"),
    ]),
  );
}
