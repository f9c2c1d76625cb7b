import { createHash } from "node:crypto";

/** Etags by key: what a bucket holds of what is wanted. */
export type BucketIndex = ReadonlyMap<string, string>;

/**
 * `sha256:<hex>` over the lines `<key> <etag>`, sorted by the keys' bytes. Source: Flux spec 3.12; source-controller
 * internal/index.
 */
export function bucketRevision(index: BucketIndex): string {
  const hash = createHash("sha256");
  const entries = [...index].map(([key, etag]) => ({ bytes: Buffer.from(key), line: `${key} ${etag}\n` }));
  for (const { line } of entries.sort((left, right) => Buffer.compare(left.bytes, right.bytes))) hash.update(line);
  return `sha256:${hash.digest("hex")}`;
}
