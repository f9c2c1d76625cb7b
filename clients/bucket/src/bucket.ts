import type { Clock } from "@eddy/core/clock";
import type { HttpClientOptions } from "@eddy/http";

/** One object of a list. */
export interface BucketObject {
  readonly key: string;
  /** As the service gives it: S3 and GCS without quotes, Azure with them. */
  readonly etag: string;
}

/** An object's content, and the etag that it had then. */
export interface BucketContent {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** One bucket (Azure: container) of an object store. Errors are BucketError, those of a login, or the signal's reason. */
export interface Bucket {
  /** Whether there is such a bucket, and one may ask. */
  exists(options: BucketCallOptions): Promise<boolean>;
  /** Every object whose key begins with the prefix, by page, in the service's order. */
  list(options: BucketCallOptions & { prefix: string }): AsyncIterable<BucketObject>;
  /** The object, or undefined where there is none (any more). */
  get(key: string, options: BucketCallOptions & { maxBytes: number }): Promise<BucketContent | undefined>;
  close(): void;
}

/** What bounds a call. */
export interface BucketCallOptions {
  signal: AbortSignal;
}

/** How a bucket is reached. */
export interface BucketOptions {
  bucket: string;
  http: HttpClientOptions;
  clock: Clock;
}
