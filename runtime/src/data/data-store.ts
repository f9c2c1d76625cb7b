import { isObject } from "@eddy/core/json";
import { refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { Caches } from "../controller/index.ts";

/** The data of Secrets and ConfigMaps that objects refer to, read again only when they changed. */
export interface DataStore {
  /** Undefined when the object is not there. Values of Secrets are decoded, and masked from here on. */
  read(ref: ObjectRef): Promise<Record<string, string> | undefined>;
}

/** Options of {@link createDataStore}. */
export interface DataStoreOptions {
  kube: KubeClient;
  caches: Caches;
  masker: Masker;
}

/** An empty store. What it keeps is proven current by the metadata watch of {@link Caches}. */
export function createDataStore({ kube, caches, masker }: DataStoreOptions): DataStore {
  const known = new Map<string, { resourceVersion: string; data: Record<string, string> }>();
  return {
    async read(ref) {
      const seen = caches.of({ group: ref.group, kind: ref.kind }, { metadataOnly: true }).get(ref.namespace, ref.name);
      const entry = known.get(refKey(ref));
      if (entry && seen?.metadata.resourceVersion === entry.resourceVersion) return entry.data;
      const object = await readObject(kube, ref);
      if (!object) return void known.delete(refKey(ref));
      const data = dataOf(object);
      if (ref.kind === "Secret") for (const value of Object.values(data)) masker.register(value);
      known.set(refKey(ref), { resourceVersion: object.metadata.resourceVersion ?? "", data });
      return data;
    },
  };
}

async function readObject(kube: KubeClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await kube.get({ ...ref, version: "v1" });
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}

function dataOf(object: KubeObject): Record<string, string> {
  const data = isObject(object["data"]) ? object["data"] : {};
  const decode =
    object.kind === "Secret" ? (text: string): string => Buffer.from(text, "base64").toString("utf8") : String;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(String(value ?? ""))]));
}
