import { parseRepository } from "@eddy/core/image";
import type { Logger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import { firstKeychain, keyringKeychain } from "@eddy/oci";
import {
  cloudLogins,
  pullReferencesOf,
  readPodLogins,
  registryAccessOf,
  type CloudKeychains,
  type RegistryPool,
  type RegistrySecretPorts,
} from "@eddy/runtime/registry-access";
import type { OpenedAccess } from "./registry-reader.ts";

/** What logging in as a workload needs. */
export interface AccessPorts extends RegistrySecretPorts {
  readonly pool: RegistryPool;
  readonly clouds: CloudKeychains;
  readonly logger: Logger;
}

const timeoutMs = 30_000;

/**
 * The way to a registry that a workload's pods have: the Secret of `keel.sh/imagePullSecret`, the pull secrets of the pod and of its
 * ServiceAccount, all of which are tried, then the cloud's own login. A Secret that is missing or unreadable is passed over.
 * Source: keel-hq/keel secrets; spec/flux1-keel-flagger.md 2.10.
 */
export async function openAccess(
  object: KubeObject,
  repository: string,
  imagePullSecret: string | undefined,
  ports: AccessPorts,
): Promise<OpenedAccess> {
  const namespace = object.metadata.namespace ?? "";
  // A HelmRelease does not say as whom its pods run.
  const own = object.kind === "HelmRelease" ? { secrets: [] } : pullReferencesOf(object);
  const references = { ...own, secrets: [...(imagePullSecret ? [imagePullSecret] : []), ...own.secrets] };
  const { configs, missing } = await readPodLogins(namespace, references, ports);
  for (const error of missing) ports.logger.log("debug", "read pull secrets failed", { error });
  const { registry } = parseRepository(repository);
  const access = registryAccessOf({
    identity: ["updates", registry],
    settings: { timeoutMs },
    configs,
    keychain: firstKeychain(keyringKeychain(configs), cloudLogins(ports.clouds)),
  });
  return { key: access.key, client: ports.pool.open(JSON.stringify([namespace, registry, references]), access) };
}
