/**
 * An object store in process that speaks S3, GCS and Azure Blob, for development and tests.
 */
export {};
