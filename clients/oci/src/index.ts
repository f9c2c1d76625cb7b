/**
 * OCI registries: tags, manifests, blobs, pushes, referrers, logins.
 *
 * Not an image builder, and not a verifier of signatures. Entry points: {@link createOciClient}, {@link parseReference}.
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
} from "@eddy/core/image";
export { createOciClient, type OciClientOptions } from "./create-oci-client.ts";
export { createHostBudget, type HostBudget, type HostBudgetOptions } from "./host-budget.ts";
export { isDigest, sha256Digest } from "./digest.ts";
export { mediaTypes } from "./media-types.ts";
export type { OciErrorCode } from "./oci-error.ts";
export { parseImageIndex, parseImageManifest } from "./parse-manifest.ts";
export { isRegistryError, RegistryError, type Diagnostic } from "./registry-error.ts";
export type * from "./client.ts";
export { dockerConfigKeychain, dockerConfigPath, eraseLogin, storeLogin } from "./keychain/docker-config-file.ts";
export { parseDockerConfig, parseDockercfg, type DockerConfig } from "./keychain/docker-config.ts";
export { createKeyring, firstKeychain, keyringKeychain, staticKeychain, type Keyring } from "./keychain/keyring.ts";
export { parsePullSecret, type PullSecret } from "./keychain/pull-secrets.ts";
export { cloudKeychain, type CloudKeychainOptions } from "./keychain/cloud-keychain.ts";
export { parseCloudRegistry, type CloudProvider, type CloudRegistry } from "./keychain/cloud-registry.ts";
