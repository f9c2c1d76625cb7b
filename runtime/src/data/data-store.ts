import { isObject } from "@eddy/core/json";
import { refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { Caches } from "../controller/index.ts";

/** The data of Secrets and ConfigMaps that objects refer to; values of Secrets are decoded. */
export interface DataStore {
  /** Undefined when the object is not there. */
  read(ref: ObjectRef): Promise<Record<string, string> | undefined>;
  /** @throws what the client throws; for a missing object its `NotFound`. */
  require(ref: ObjectRef): Promise<Record<string, string>>;
  /** The resourceVersion that the watch saw last; undefined where there is no such object, or it is not watched. */
  versionOf(ref: ObjectRef): string | undefined;
}

/** Options of {@link createDataStore}. */
export interface DataStoreOptions {
  kube: KubeClient;
  /** Objects are read again only when they changed; without these, each time. */
  caches?: Caches;
  /** Learns every value of a Secret that was read; without it, the caller registers those that are secret. */
  masker?: Masker;
}

/** An empty store. What it keeps is proven current by the metadata watch of {@link Caches}. */
export function createDataStore({ kube, caches, masker }: DataStoreOptions): DataStore {
  const known = new Map<string, { resourceVersion: string; data: Record<string, string> }>();
  const fetch = async (ref: ObjectRef): Promise<Record<string, string>> => {
    const object = await kube.get({ ...ref, version: "v1" });
    const data = dataOf(object);
    if (ref.kind === "Secret") for (const value of Object.values(data)) masker?.of(ref.namespace).register(value);
    if (caches) known.set(refKey(ref), { resourceVersion: object.metadata.resourceVersion ?? "", data });
    return data;
  };
  const versionOf = ({ group, kind, namespace, name }: ObjectRef): string | undefined =>
    caches?.of({ group, kind }, { metadataOnly: true }).get(namespace, name)?.metadata.resourceVersion;
  const require = async (ref: ObjectRef): Promise<Record<string, string>> => {
    const seen = versionOf(ref);
    const entry = known.get(refKey(ref));
    if (entry && seen === entry.resourceVersion) return entry.data;
    try {
      return await fetch(ref);
    } catch (error) {
      if (hasReason(error, "NotFound")) known.delete(refKey(ref));
      throw error;
    }
  };
  return {
    require,
    versionOf,
    async read(ref) {
      try {
        return await require(ref);
      } catch (error) {
        if (hasReason(error, "NotFound")) return undefined;
        throw error;
      }
    },
  };
}

function dataOf(object: KubeObject): Record<string, string> {
  const data = isObject(object["data"]) ? object["data"] : {};
  const decode =
    object.kind === "Secret" ? (text: string): string => Buffer.from(text, "base64").toString("utf8") : String;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(String(value ?? ""))]));
}
