/**
 * Helm charts: values, dependencies, schema, rendering, hooks, release records.
 */
export {};
