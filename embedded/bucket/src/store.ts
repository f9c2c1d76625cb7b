import { createHash } from "node:crypto";

/** One stored object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** MD5 of the content, hex: what S3 takes as the etag. */
  readonly md5: string;
  /** Higher with every write to the store. */
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly updatedMs: number;
}

/** Buckets in memory; every protocol shows the same ones. */
export interface ObjectStore {
  has(bucket: string): boolean;
  createBucket(bucket: string): void;
  /** Writes objects; a bucket that is not there is made. `undefined` removes one. */
  put(bucket: string, objects: Readonly<Record<string, string | Uint8Array | undefined>>): void;
  get(bucket: string, key: string): StoredObject | undefined;
  /** Objects whose key begins with the prefix and comes after `after`, in order of their keys' bytes. */
  list(
    bucket: string,
    options: { prefix: string; after: string; limit: number },
  ): { objects: StoredObject[]; more: boolean };
}

/** An empty store. */
export function createObjectStore(now: () => number): ObjectStore {
  const buckets = new Map<string, Map<string, StoredObject>>();
  let generation = 0;
  const bucketOf = (name: string): Map<string, StoredObject> => {
    const known = buckets.get(name) ?? new Map<string, StoredObject>();
    buckets.set(name, known);
    return known;
  };
  return {
    has: (bucket) => buckets.has(bucket),
    createBucket: (bucket) => void bucketOf(bucket),
    put(bucket, objects) {
      for (const [key, content] of Object.entries(objects)) {
        if (content === undefined) bucketOf(bucket).delete(key);
        else {
          const bytes = Buffer.from(content);
          const md5 = createHash("md5").update(bytes).digest("hex");
          bucketOf(bucket).set(key, { key, bytes, md5, generation: ++generation, updatedMs: now() });
        }
      }
    },
    get: (bucket, key) => buckets.get(bucket)?.get(key),
    list(bucket, { prefix, after, limit }) {
      const found = [...(buckets.get(bucket)?.values() ?? [])]
        .filter(({ key }) => key.startsWith(prefix) && compareBytes(key, after) > 0)
        .sort((left, right) => compareBytes(left.key, right.key));
      return { objects: found.slice(0, limit), more: found.length > limit };
    },
  };
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
