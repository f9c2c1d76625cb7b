import type { Bucket } from "@eddy/api";
import type { Bucket as BucketClient } from "@eddy/bucket";
import type { BucketIndex } from "./bucket-index.ts";
import { attempt, bucketFailure } from "./list-objects.ts";

/** What came of the objects that were wanted: those that disappeared are not in the index. */
export interface FetchedObjects {
  readonly index: BucketIndex;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

const parallel = 16;
const maxObjectBytes = 128 * 1024 * 1024;
const maxTotalBytes = 512 * 1024 * 1024;

/**
 * Brings the objects, several at a time; those that `known` holds with the same etag are not fetched again.
 * @throws StepError BucketOperationFailed with FetchFailed
 */
export async function fetchObjects(
  client: BucketClient,
  { spec }: Bucket,
  wanted: BucketIndex,
  known: FetchedObjects | undefined,
  signal: AbortSignal,
): Promise<FetchedObjects> {
  const index = new Map(wanted);
  const contents = new Map<string, Uint8Array>();
  let totalBytes = 0;
  const keep = (key: string, bytes: Uint8Array): void => {
    totalBytes += bytes.length;
    if (totalBytes > maxTotalBytes) throw new Error(`the objects have more than ${maxTotalBytes} bytes`);
    contents.set(key, bytes);
  };
  const fetchOne = async (key: string, etag: string): Promise<void> => {
    const old = known?.index.get(key) === etag ? known.contents.get(key) : undefined;
    if (old) return keep(key, old);
    const doing = `failed to get '${key}' object`;
    const found = await attempt(signal, doing, () => client.get(key, { signal, maxBytes: maxObjectBytes }));
    if (!found) return void index.delete(key);
    index.set(key, found.etag);
    keep(key, found.bytes);
  };
  const queue = [...wanted];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await fetchOne(...next);
  };
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } catch (cause) {
    // Nobody waits for the others: they have nothing left to take.
    queue.length = 0;
    const why = signal.aborted ? signal.reason : cause;
    throw bucketFailure(`fetch from bucket '${spec.bucketName}' failed: ${(why as Error).message}`, cause);
  }
  return { index, contents };
}
