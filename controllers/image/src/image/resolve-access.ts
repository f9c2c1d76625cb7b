import { genericReasons, imageReasons, type ImageRepository } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { keyringKeychain, type Keychain } from "@eddy/oci";
import { StepError } from "@eddy/runtime/controller";
import {
  readRegistryLogins,
  readRegistryProxy,
  readRegistryTrust,
  registryAccessOf,
  type CloudKeychains,
  type RegistryAccess,
  type RegistryLogins,
  type RegistrySecretPorts,
} from "@eddy/runtime/registry-access";

/** What finding the way to a registry needs. */
export interface AccessPorts extends RegistrySecretPorts {
  readonly clouds: CloudKeychains;
  /** The gate `ObjectLevelWorkloadIdentity`. */
  readonly hasWorkloadIdentity: boolean;
}

/** Of one request; a scan of many pages takes as long as `spec.timeout` says. */
const requestTimeoutMs = 60_000;
const noLogins: RegistryLogins = { configs: [], secrets: [] };

/**
 * Stalls an ImageRepository that logs in to a cloud as a ServiceAccount, unless that is enabled. `where`: how the message calls
 * the field's owner.
 * @throws StepError FeatureGateDisabled (terminal)
 */
export function requireGate(
  { spec }: ImageRepository,
  { hasWorkloadIdentity }: Pick<AccessPorts, "hasWorkloadIdentity">,
  where = "",
): void {
  if (hasWorkloadIdentity || (spec.provider ?? "generic") === "generic" || !spec.serviceAccountName) return;
  throw new StepError(
    genericReasons.featureGateDisabled,
    `to use spec.serviceAccountName${where} for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller`,
    { class: "terminal" },
  );
}

/**
 * Credentials, trust and proxy of an ImageRepository. A cloud's login wins over Secrets. Source: image-reflector-controller
 * internal/registry/options.go.
 * @throws StepError AuthenticationFailed (retry)
 */
export async function resolveImageAccess(object: ImageRepository, ports: AccessPorts): Promise<RegistryAccess> {
  try {
    return await resolveAccess(object, ports);
  } catch (cause) {
    throw authenticationFailed(cause);
  }
}

/** What could not be found out of how to log in. */
export function authenticationFailed(cause: unknown): StepError {
  const message = `failed to configure authentication options: ${messageOf(cause)}`;
  return new StepError(imageReasons.authenticationFailed, message, { cause, class: "retry" });
}

async function resolveAccess({ metadata, spec }: ImageRepository, ports: AccessPorts): Promise<RegistryAccess> {
  const namespace = metadata.namespace ?? "";
  const { certSecretRef, proxySecretRef, secretRef, serviceAccountName, provider = "generic" } = spec;
  const proxy = proxySecretRef ? await readRegistryProxy(namespace, proxySecretRef.name, ports) : undefined;
  // What is not there is told as the API server tells it.
  if (certSecretRef) await ports.secrets.read(namespace, certSecretRef.name);
  const trust = certSecretRef ? await readRegistryTrust(namespace, certSecretRef.name, ports) : {};
  const isGeneric = provider === "generic";
  if (isGeneric && secretRef) await ports.secrets.read(namespace, secretRef.name);
  const { configs } = isGeneric ? await readRegistryLogins(namespace, spec, ports) : noLogins;
  const account = serviceAccountName ? { namespace, name: serviceAccountName } : undefined;
  const keychain: Keychain = isGeneric ? keyringKeychain(configs) : ports.clouds(provider, proxy, account);
  const timeoutMs = Math.max(requestTimeoutMs, spec.timeout === undefined ? 0 : parseDuration(spec.timeout));
  return registryAccessOf({
    // Objects that say the same share a client; a ServiceAccount is one of a namespace.
    identity: ["image", provider, isGeneric ? undefined : account],
    settings: { ...trust, timeoutMs, ...(proxy ? { proxy } : {}) },
    configs,
    keychain,
  });
}
