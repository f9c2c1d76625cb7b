import { parseCloudRegistry, type CloudProvider, type Keychain } from "@eddy/oci";
import type { CloudKeychains } from "./cloud-keychains.ts";

const providers: readonly CloudProvider[] = ["aws", "azure", "gcp"];

/** Logs in to registries of clouds as this process; to others, and where the process is nobody there, not at all. */
export function cloudLogins(clouds: CloudKeychains): Keychain {
  return {
    async resolve(repository, options) {
      const provider = providers.find((one) => isOf(one, repository.registry));
      if (provider === undefined) return undefined;
      try {
        return await clouds(provider, undefined, undefined).resolve(repository, options);
      } catch {
        // Many repositories of clouds are open: what is refused anonymously tells why.
        return undefined;
      }
    },
  };
}

function isOf(provider: CloudProvider, host: string): boolean {
  try {
    parseCloudRegistry(provider, host);
    return true;
  } catch {
    return false;
  }
}
