/**
 * Object storage, read: S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage.
 *
 * Not a login (`@eddy/cloud`) and no writing. Entry points: {@link openS3Bucket}, {@link openGcsBucket}, {@link openAzureBucket}.
 */
export type { Bucket, BucketCallOptions, BucketContent, BucketObject, BucketOptions } from "./bucket.ts";
export { BucketError, isBucketError, type BucketErrorKind } from "./errors.ts";
export { openAzureBucket, type AzureAccess, type AzureBucketOptions } from "./azure/open-azure-bucket.ts";
export { openGcsBucket, type GcsBucketOptions } from "./gcs/open-gcs-bucket.ts";
export { openS3Bucket, type S3BucketOptions } from "./s3/open-s3-bucket.ts";
