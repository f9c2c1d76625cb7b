/**
 * An OCI registry in process, for development and tests.
 */
export {};
