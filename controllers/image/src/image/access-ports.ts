import { createCloudLogin } from "@eddy/cloud";
import type { ControllerEnvironment } from "@eddy/runtime/controller";
import { createCloudKeychains, createSecretStore } from "@eddy/runtime/registry-access";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import type { AccessPorts } from "./resolve-access.ts";

/** Ways to registries that nobody has gone yet. */
export function createAccessPorts(
  { kube, caches, clock, masker }: ControllerEnvironment,
  hasWorkloadIdentity: boolean,
): AccessPorts {
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    ...(hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
  });
  return {
    kube,
    masker,
    secrets: createSecretStore(kube, caches),
    clouds: createCloudKeychains(login, { clock, masker }),
    hasWorkloadIdentity,
  };
}
