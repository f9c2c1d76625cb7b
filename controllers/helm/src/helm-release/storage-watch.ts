import type { KubeObject } from "@eddy/core/object";
import type { KubeClient, WriteOptions } from "@eddy/kube";
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
  /** The client, telling of its own writes before the watch does. */
  listening(kube: KubeClient): KubeClient;
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
  const note = ({ metadata }: KubeObject, isGone: boolean): void => {
    const { name, namespace = "", resourceVersion = "" } = metadata;
    const [, release, version] = pattern.exec(name) ?? [];
    if (release === undefined) return;
    const key = `${namespace}/${release}`;
    const revisions = releases.get(key) ?? new Map<number, string>();
    const known = revisions.get(Number(version));
    if (isGone) revisions.delete(Number(version));
    else if (known === undefined || isLater(resourceVersion, known)) revisions.set(Number(version), resourceVersion);
    if (revisions.size === 0) releases.delete(key);
    else releases.set(key, revisions);
  };
  cache.subscribe(({ before, after }) => {
    if (after) note(after, false);
    else if (before) note(before, true);
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
    listening: (kube) => ({
      ...kube,
      async create<T extends KubeObject>(object: KubeObject, options?: WriteOptions): Promise<T> {
        const written = await kube.create<T>(object, options);
        note(written, false);
        return written;
      },
      async replace<T extends KubeObject>(object: KubeObject, options?: WriteOptions): Promise<T> {
        const written = await kube.replace<T>(object, options);
        note(written, false);
        return written;
      },
    }),
  };
}

// Both are decimal numbers.
function isLater(left: string, right: string): boolean {
  return left.length === right.length ? left > right : left.length > right.length;
}
