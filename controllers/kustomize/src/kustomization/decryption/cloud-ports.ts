import { createCloudLogin } from "@eddy/cloud";
import { createHttpClient } from "@eddy/http";
import { createHuaweiKms } from "@eddy/kms";
import type { ControllerEnvironment } from "@eddy/runtime/controller";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import type { DataStore } from "@eddy/runtime/data";
import type { KustomizationSettings } from "../ports.ts";
import type { CloudKeysPorts, KeyServiceEndpoints } from "./cloud-keys.ts";
import { createVaultLogins } from "./vault-logins.ts";

/** What logins depend on. */
export interface CloudPortsOptions {
  settings: KustomizationSettings;
  data: DataStore;
  endpoints: KeyServiceEndpoints;
}

/** Key services as this process and the cluster's ServiceAccounts reach them; their tokens are masked. */
export function createCloudPorts(
  { kube, clock, masker }: ControllerEnvironment,
  { settings, data, endpoints }: CloudPortsOptions,
): CloudKeysPorts {
  const http = createHttpClient({ clock });
  const accounts = createServiceAccounts(kube);
  const onSecret = (secret: string): void => masker.register(secret);
  const ref = settings.sopsVaultConfigMap;
  const config = async (): Promise<string | undefined> =>
    ref && (await data.read({ group: "", kind: "ConfigMap", ...ref }))?.["config.yaml"];
  return {
    http,
    clock,
    endpoints,
    login: createCloudLogin({ clock, serviceAccounts: accounts, onSecret }),
    huawei: createHuaweiKms({ http, clock, env: process.env }),
    vault: createVaultLogins({ http, clock, accounts, config, onSecret }),
  };
}
