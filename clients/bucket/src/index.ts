/**
 * Object storage: S3 and compatible, GCS, Azure Blob.
 */
export {};
