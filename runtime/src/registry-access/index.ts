/**
 * How objects reach registries: logins of Secrets, of ServiceAccounts and of clouds, trust, proxies, and clients that are kept.
 *
 * Not the protocol (`@eddy/oci` is), and not the words of any kind's conditions. Entry points: {@link readRegistryLogins},
 * {@link createRegistryPool}.
 */
export { createCloudKeychains, type CloudKeychains } from "./cloud-keychains.ts";
export { cloudLogins } from "./cloud-logins.ts";
export { pullReferencesOf, readPodLogins, type PodLogins, type PullReferences } from "./pod-logins.ts";
export { registerSecrets } from "./register-secrets.ts";
export { registryAccessOf, type RegistryAccess, type RegistryAccessParts } from "./registry-access.ts";
export { createRegistryPool, type RegistryPool, type RegistryPoolOptions } from "./registry-pool.ts";
export {
  readRegistryLogins,
  readRegistryProxy,
  readRegistryTrust,
  type LoginReferences,
  type RegistryLogins,
  type RegistrySecretPorts,
} from "./registry-secrets.ts";
export { createSecretStore, type SecretData, type SecretStore } from "./secret-store.ts";
export { tlsFromSecret, type TlsMaterial, tlsPartsOf } from "./tls-from-secret.ts";
