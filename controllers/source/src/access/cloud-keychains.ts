import { createCloudLogin } from "@eddy/cloud";
import type { HttpProxy } from "@eddy/http";
import { cloudKeychain, type CloudProvider, type Keychain } from "@eddy/oci";
import type { SourcePorts } from "../source/ports.ts";

/** The process's logins to the registries of clouds, by cloud and way; kept, so that tokens serve many passes. */
export type CloudKeychains = (provider: CloudProvider, proxy: HttpProxy | undefined) => Keychain;

/** Nothing logged in yet. */
export function createCloudKeychains({ clock, masker }: Pick<SourcePorts, "clock" | "masker">): CloudKeychains {
  const onSecret = (secret: string): void => masker.register(secret);
  const login = createCloudLogin({ clock, onSecret });
  const known = new Map<string, Keychain>();
  return (provider, proxy) => {
    const key = JSON.stringify([provider, proxy]);
    const keychain = known.get(key) ?? cloudKeychain({ provider, login, clock, onSecret, ...(proxy ? { proxy } : {}) });
    known.set(key, keychain);
    return keychain;
  };
}
