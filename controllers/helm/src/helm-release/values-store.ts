import { isObject } from "@eddy/core/json";
import { refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { Caches } from "@eddy/runtime/controller";

/** What a Secret or ConfigMap holds; `missing` is the server's text when it is not there. */
export type StoredData =
  | { readonly data: Readonly<Record<string, string>> }
  | { readonly data: undefined; readonly missing: string };

/** The data of Secrets and ConfigMaps that HelmReleases take values from, read again only when they changed. */
export interface ValuesStore {
  /** Values of Secrets are decoded, and masked from here on. */
  read(ref: ObjectRef): Promise<StoredData>;
}

/** Options of {@link createValuesStore}. */
export interface ValuesStoreOptions {
  kube: KubeClient;
  /** Without them every read asks the server. */
  caches?: Caches;
  masker: Masker;
}

/** An empty store. What it keeps is proven current by the metadata watch of {@link Caches}. */
export function createValuesStore({ kube, caches, masker }: ValuesStoreOptions): ValuesStore {
  const known = new Map<string, { resourceVersion: string; data: Record<string, string> }>();
  return {
    async read(ref) {
      const seen = caches
        ?.of({ group: ref.group, kind: ref.kind }, { metadataOnly: true })
        .get(ref.namespace, ref.name);
      const entry = known.get(refKey(ref));
      if (entry && seen && seen.metadata.resourceVersion === entry.resourceVersion) return entry;
      try {
        const object = await kube.get<KubeObject>({ ...ref, version: "v1" });
        const data = dataOf(object);
        if (ref.kind === "Secret") for (const value of Object.values(data)) masker.register(value);
        known.set(refKey(ref), { resourceVersion: object.metadata.resourceVersion ?? "", data });
        return { data };
      } catch (error) {
        if (!hasReason(error, "NotFound")) throw error;
        known.delete(refKey(ref));
        return { data: undefined, missing: (error as Error).message };
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
