/**
 * An OCI registry in process: push, pull, tags, referrers, logins, webhooks in the format of docker-distribution.
 *
 * For development and tests; content lives in memory and is gone when it stops. Entry point: {@link startRegistry}.
 */
export { startRegistry } from "./start-registry.ts";
export type * from "./registry.ts";
