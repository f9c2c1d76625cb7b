import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { CloudLogin, ServiceAccountRef } from "@eddy/cloud";
import type { HttpProxy } from "@eddy/http";
import { cloudKeychain, type CloudProvider, type Keychain } from "@eddy/oci";

/**
 * Logins to the registries of clouds, by cloud, way and ServiceAccount (absent: the process); kept, so that tokens serve many
 * passes.
 */
export type CloudKeychains = (
  provider: CloudProvider,
  proxy: HttpProxy | undefined,
  serviceAccount: ServiceAccountRef | undefined,
) => Keychain;

/** Nothing logged in yet. */
export function createCloudKeychains(
  login: CloudLogin,
  { clock, masker }: { clock: Clock; masker: Masker },
): CloudKeychains {
  const onSecret = (secret: string): void => masker.register(secret);
  const known = new Map<string, Keychain>();
  return (provider, proxy, serviceAccount) => {
    const key = JSON.stringify([provider, proxy, serviceAccount]);
    const who = { ...(proxy ? { proxy } : {}), ...(serviceAccount ? { serviceAccount } : {}) };
    const keychain = known.get(key) ?? cloudKeychain({ provider, login, clock, onSecret, ...who });
    known.set(key, keychain);
    return keychain;
  };
}
