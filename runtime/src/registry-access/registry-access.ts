import { sha256 } from "@eddy/core/digest";
import type { DockerConfig, Keychain, OciClientOptions } from "@eddy/oci";

/** How a registry is reached: equal keys, equal access. */
export interface RegistryAccess {
  /** A digest of all that follows; holds no secret. */
  readonly key: string;
  /** Who asks, and by which way; empty for whoever asks without a login as anybody does. */
  readonly account: string;
  readonly options: OciClientOptions;
}

/** What an access is made of. */
export interface RegistryAccessParts {
  /** Whose it is, what for, and whatever else tells two of them apart. */
  readonly identity: readonly unknown[];
  readonly settings: Omit<OciClientOptions, "keychain">;
  readonly configs: readonly DockerConfig[];
  readonly keychain: Keychain;
}

/** An access with its key. */
export function registryAccessOf({ identity, settings, configs, keychain }: RegistryAccessParts): RegistryAccess {
  const auths = configs.map((config) => [...config.auths]);
  return {
    key: sha256(JSON.stringify([...identity, settings, auths])),
    account: accountOf(settings, auths),
    options: { ...settings, keychain },
  };
}

function accountOf(
  { proxy, caCert, identity, insecureSkipVerify }: RegistryAccessParts["settings"],
  auths: readonly (readonly unknown[])[],
): string {
  const logins = auths.filter((each) => each.length > 0);
  if (!proxy && !caCert && !identity && !insecureSkipVerify && logins.length === 0) return "";
  return sha256(JSON.stringify([proxy, caCert, identity, insecureSkipVerify, logins]));
}
