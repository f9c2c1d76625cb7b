import { sourceConditionTypes, sourceReasons, type LocalObjectReference, type RegistryProvider } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import type { HttpProxy } from "@eddy/http";
import { keyringKeychain, staticKeychain, type Keychain, type OciClientOptions } from "@eddy/oci";
import { StepError } from "@eddy/runtime/controller";
import {
  readRegistryLogins,
  readRegistryProxy,
  readRegistryTrust,
  registerSecrets,
  registryAccessOf,
  type RegistryAccess,
  type RegistryLogins,
} from "@eddy/runtime/registry-access";
import { ownerKey } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";
import { requireWorkloadIdentity } from "./require-workload-identity.ts";

/** The fields by which a kind says how it logs in to a registry. */
export interface RegistrySpec {
  provider?: RegistryProvider;
  secretRef?: LocalObjectReference;
  serviceAccountName?: string;
  certSecretRef?: LocalObjectReference;
  proxySecretRef?: LocalObjectReference;
  insecure?: boolean;
  timeout?: string;
}

/** Options of {@link resolveRegistryAccess}. */
export interface RegistryAccessOptions {
  /** Whether `username` and `password` in the Secret log in, too: HelmRepositories have it so. */
  acceptsBasic?: boolean;
}

/** What finding the way to a registry needs. */
export type RegistryPorts = Pick<SourcePorts, "kube" | "secrets" | "masker" | "clouds" | "hasWorkloadIdentity">;

const defaultTimeout = "60s";
const fetchFailed = sourceConditionTypes.fetchFailed;

/**
 * Credentials, trust and proxy of an object that names a registry. Source: source-controller `keychain`, `getTLSConfig`; flux2.md 1.2.
 * @throws StepError AuthenticationFailed (retry) with FetchFailed; FeatureGateDisabled (terminal) for a ServiceAccount's cloud login.
 */
export async function resolveRegistryAccess(
  object: Source & { spec: RegistrySpec },
  url: string,
  ports: RegistryPorts,
  options: RegistryAccessOptions = {},
): Promise<RegistryAccess> {
  const { spec } = object;
  const { configs, basic } = await attempt("failed to get credential", () => resolveLogins(object, ports, options));
  const proxy = await attempt("failed to get proxy address", () => resolveProxyOf(object, ports));
  const trust = await attempt(`failed to generate transport for '${url}'`, () => resolveTrust(object, ports));
  const timeoutMs = parseDuration(spec.timeout ?? defaultTimeout);
  const keychain = await attempt("failed to get credential", () =>
    keychainOf(object, { configs, basic }, proxy, ports),
  );
  return registryAccessOf({
    identity: [ownerKey(object), url, basic, spec.provider],
    settings: { ...trust, timeoutMs, ...(proxy ? { proxy } : {}) },
    configs,
    keychain,
  });
}

async function attempt<T>(doing: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw new StepError(sourceReasons.authenticationFailed, `${doing}: ${messageOf(cause)}`, {
      cause,
      class: "retry",
      condition: fetchFailed,
    });
  }
}

interface Logins {
  readonly configs: RegistryLogins["configs"];
  readonly basic: { username: string; password: string } | undefined;
}

async function resolveLogins(
  { metadata, spec }: Source & { spec: RegistrySpec },
  ports: RegistryPorts,
  { acceptsBasic = false }: RegistryAccessOptions,
): Promise<Logins> {
  const { configs, secrets } = await readRegistryLogins(metadata.namespace ?? "", spec, ports);
  const { username, password } = secrets[0] ?? {};
  const basic = acceptsBasic && username && password ? { username, password } : undefined;
  if (basic) registerSecrets(ports.masker.of(metadata.namespace), basic);
  return { configs, basic };
}

async function resolveProxyOf(
  { metadata, spec }: Source & { spec: RegistrySpec },
  ports: RegistryPorts,
): Promise<HttpProxy | undefined> {
  const name = spec.proxySecretRef?.name;
  return name === undefined ? undefined : readRegistryProxy(metadata.namespace ?? "", name, ports);
}

/** Credentials that are given win over the cloud's. */
function keychainOf(
  object: Source & { spec: RegistrySpec },
  { configs, basic }: Logins,
  proxy: HttpProxy | undefined,
  ports: Pick<RegistryPorts, "clouds" | "hasWorkloadIdentity">,
): Keychain {
  const { provider = "generic", serviceAccountName } = object.spec;
  if (basic) return staticKeychain(basic);
  if (provider === "generic" || configs.length > 0) return keyringKeychain(configs);
  requireGate(object.spec, ports);
  const namespace = object.metadata.namespace ?? "";
  const account = serviceAccountName ? { namespace, name: serviceAccountName } : undefined;
  return ports.clouds(provider, proxy, account);
}

/** Of these kinds upstream tells it without FetchFailed. */
function requireGate(spec: RegistrySpec, ports: Pick<RegistryPorts, "hasWorkloadIdentity">): void {
  try {
    requireWorkloadIdentity(spec, ports);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new StepError(error.reason, error.message, { class: error.class });
  }
}

/** Authority and client certificate. Without `certSecretRef`, `insecure` accepts any certificate, as upstream does. */
async function resolveTrust(
  { metadata, spec }: Source & { spec: RegistrySpec },
  ports: RegistryPorts,
): Promise<Pick<OciClientOptions, "caCert" | "identity" | "insecureSkipVerify">> {
  const { certSecretRef, insecure } = spec;
  if (!certSecretRef?.name) return insecure ? { insecureSkipVerify: true } : {};
  return readRegistryTrust(metadata.namespace ?? "", certSecretRef.name, ports);
}
