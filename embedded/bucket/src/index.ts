/**
 * An object store in process that speaks S3, Google Cloud Storage and Azure Blob Storage, and checks every signature: for
 * development and tests.
 *
 * Not durable, and no more of each protocol than reading needs. Entry point: {@link startBucketServer}.
 */
export type { AzureAccount, BucketServer, BucketServerOptions, S3Keys } from "./bucket-server.ts";
export { startBucketServer } from "./start-bucket-server.ts";
export type { ObjectStore, StoredObject } from "./store.ts";
