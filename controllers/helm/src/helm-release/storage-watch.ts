import type { Caches } from "@eddy/runtime/controller";

/** The newest revision of a release in storage, by the object that holds it. */
export interface StoredRevision {
  version: number;
  resourceVersion: string;
}

/** What the watch on Helm's storage has seen: whether a release has to be read at all. */
export interface StorageWatch {
  /** `unwatched` until the storage was listed once; undefined where there is no revision. */
  newest(namespace: string, name: string): StoredRevision | undefined | "unwatched";
}

const pattern = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/;

/** Watches the metadata of all of Helm's storage Secrets. */
export function createStorageWatch(caches: Caches): StorageWatch {
  const releases = new Map<string, Map<number, string>>();
  let isSynced = false;
  const cache = caches.of(
    { group: "", version: "v1", kind: "Secret" },
    { metadataOnly: true, labelSelector: "owner=helm" },
  );
  cache.subscribe(({ before, after }) => {
    const { name = "", namespace = "", resourceVersion = "" } = (after ?? before)?.metadata ?? {};
    const [, release, version] = pattern.exec(name) ?? [];
    if (release === undefined) return;
    const key = `${namespace}/${release}`;
    const revisions = releases.get(key) ?? new Map<number, string>();
    if (after) revisions.set(Number(version), resourceVersion);
    else revisions.delete(Number(version));
    if (revisions.size === 0) releases.delete(key);
    else releases.set(key, revisions);
  });
  cache.synced.then(
    () => (isSynced = true),
    () => undefined,
  );
  return {
    newest(namespace, name) {
      if (!isSynced) return "unwatched";
      const revisions = releases.get(`${namespace}/${name}`);
      if (!revisions) return undefined;
      const version = Math.max(...revisions.keys());
      return { version, resourceVersion: revisions.get(version) ?? "" };
    },
  };
}
