import type { Alert, Provider } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { DataStore } from "@eddy/runtime/data";
import { providerSettings, type ProviderSettings } from "./settings.ts";

/**
 * The settings of a provider, with what its Secrets hold.
 * @throws EddyError PROVIDER_SETTINGS (retry) naming a Secret that is not there
 */
export async function loadSettings(
  provider: Provider,
  alert: Alert,
  commitStatus: string,
  data: DataStore,
): Promise<ProviderSettings> {
  const { secretRef, proxySecretRef, certSecretRef } = provider.spec;
  const namespace = provider.metadata.namespace ?? "";
  const read = async (name: string | undefined): Promise<Record<string, string> | undefined> => {
    if (name === undefined) return undefined;
    const found = await data.read({ group: "", kind: "Secret", namespace, name });
    if (found) return found;
    const message = `failed to get secret '${namespace}/${name}': secrets "${name}" not found`;
    throw new EddyError("PROVIDER_SETTINGS", message);
  };
  const [secret, proxy, certs] = await Promise.all([
    read(secretRef?.name),
    read(proxySecretRef?.name),
    read(certSecretRef?.name),
  ]);
  return providerSettings(provider, alert, { secret, proxy, certs }, commitStatus);
}
