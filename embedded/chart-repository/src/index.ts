/**
 * A Helm chart repository in process, for development and tests.
 */
export {};
