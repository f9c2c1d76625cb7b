/**
 * OCI registries: tags, manifests, blobs, pushes, referrers, logins.
 *
 * Not an image builder, and not a verifier of signatures. Entry points: `createOciClient`, {@link parseReference}.
 */
export {
  allowsPlainHttp,
  defaultTag,
  formatReference,
  formatRepository,
  identifierOf,
  parseDigestReference,
  parseReference,
  parseRegistry,
  parseRepository,
  repositoryPath,
  withDigest,
  withTag,
  type ParseReferenceOptions,
  type Reference,
  type Repository,
} from "./reference.ts";
export type * from "./client.ts";
