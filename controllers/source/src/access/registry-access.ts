import { sourceConditionTypes, sourceReasons, type LocalObjectReference, type RegistryProvider } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import type { HttpProxy } from "@eddy/http";
import { hasReason } from "@eddy/kube";
import {
  keyringKeychain,
  parsePullSecret,
  staticKeychain,
  type DockerConfig,
  type Keychain,
  type OciClientOptions,
} from "@eddy/oci";
import { StepError } from "@eddy/runtime/controller";
import { ownerKey } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";
import { registerSecrets } from "./read-secret.ts";
import { requireWorkloadIdentity } from "./require-workload-identity.ts";
import { tlsFromSecret } from "./tls-from-secret.ts";
import type { SecretData } from "./secret-store.ts";

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

/** How a registry is reached: equal keys, equal access. */
export interface RegistryAccess {
  /** A digest of all that follows; holds no secret. */
  readonly key: string;
  readonly options: OciClientOptions;
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
  const logins = await resolveLogins(object, ports, options);
  const proxy = await resolveProxyOf(object, ports);
  const trust = await attempt(`failed to generate transport for '${url}'`, () => resolveTrust(object, ports));
  const timeoutMs = parseDuration(spec.timeout ?? defaultTimeout);
  const { basic } = logins;
  const settings = { ...trust, timeoutMs, ...(proxy ? { proxy } : {}) };
  const configs = logins.configs.map(({ auths }) => [...auths]);
  const keychain = await attempt("failed to get credential", () => keychainOf(object, logins, proxy, ports));
  return {
    key: sha256(JSON.stringify([ownerKey(object), url, settings, configs, basic, spec.provider])),
    options: { ...settings, keychain },
  };
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
  readonly configs: readonly DockerConfig[];
  readonly basic: { username: string; password: string } | undefined;
}

function resolveLogins(
  object: Source & { spec: RegistrySpec },
  ports: Pick<SourcePorts, "kube" | "secrets" | "masker">,
  { acceptsBasic = false }: RegistryAccessOptions,
): Promise<Logins> {
  return attempt("failed to get credential", async () => {
    const namespace = object.metadata.namespace ?? "";
    const { secretRef, serviceAccountName } = object.spec;
    const read: SecretData[] = [];
    if (secretRef) read.push(await readLogin(namespace, secretRef.name, ports));
    if (serviceAccountName) read.push(...(await pullSecretsOf(namespace, serviceAccountName, ports)));
    const [first] = read;
    const { username, password } = first ?? {};
    const basic = acceptsBasic && username && password ? { username, password } : undefined;
    const configs = read.flatMap((data) => configOf(data) ?? []);
    for (const { auths } of configs) for (const auth of auths.values()) registerSecrets(ports.masker, { ...auth });
    if (basic) registerSecrets(ports.masker, basic);
    return { configs, basic };
  });
}

function configOf(data: SecretData): DockerConfig | undefined {
  const type = ".dockerconfigjson" in data ? "kubernetes.io/dockerconfigjson" : "kubernetes.io/dockercfg";
  return parsePullSecret({ type, data });
}

async function readLogin(
  namespace: string,
  name: string,
  { secrets }: Pick<SourcePorts, "secrets">,
): Promise<SecretData> {
  try {
    return await secrets.read(namespace, name);
  } catch (cause) {
    throw new Error(`failed to get secret '${namespace}/${name}': ${messageOf(cause)}`, { cause });
  }
}

/** The Secrets of `imagePullSecrets`, all of which must be there. Source: fluxcd/pkg/runtime `PullSecretsFromServiceAccountRef`. */
async function pullSecretsOf(
  namespace: string,
  name: string,
  { kube, secrets }: Pick<SourcePorts, "kube" | "secrets">,
): Promise<SecretData[]> {
  const named = `serviceaccount '${namespace}/${name}'`;
  const account = await kube
    .get({ group: "", version: "v1", kind: "ServiceAccount", namespace, name })
    .catch((cause: unknown) => {
      const why = hasReason(cause, "NotFound") ? `${named} not found` : `failed to get ${named}: ${messageOf(cause)}`;
      throw new Error(why, { cause });
    });
  const refs = (account["imagePullSecrets"] ?? []) as readonly { name?: string }[];
  return Promise.all(
    refs.map(async (ref) => {
      try {
        return await readExisting(namespace, ref.name ?? "", secrets);
      } catch (cause) {
        throw new Error(`failed to get image pull secret for ${named}: ${messageOf(cause)}`, { cause });
      }
    }),
  );
}

async function readExisting(namespace: string, name: string, secrets: SourcePorts["secrets"]): Promise<SecretData> {
  try {
    return await secrets.read(namespace, name);
  } catch (cause) {
    const named = `secret '${namespace}/${name}'`;
    const why = hasReason(cause, "NotFound") ? `${named} not found` : `failed to get ${named}: ${messageOf(cause)}`;
    throw new Error(why, { cause });
  }
}

/** In the words that these kinds have for it. Source: source-controller, fluxcd/pkg/runtime `ProxyURLFromSecret`. */
function resolveProxyOf(
  object: Source & { spec: RegistrySpec },
  { secrets, masker }: Pick<SourcePorts, "secrets" | "masker">,
): Promise<HttpProxy | undefined> {
  return attempt("failed to get proxy address", async () => {
    const name = object.spec.proxySecretRef?.name;
    if (name === undefined) return undefined;
    const namespace = object.metadata.namespace ?? "";
    const { address, username, password } = await readExisting(namespace, name, secrets);
    if (!address) throw new Error(`secret '${namespace}/${name}': key 'address' not found`);
    registerSecrets(masker, { password });
    return { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
  });
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
  object: Source & { spec: RegistrySpec },
  { secrets, masker }: Pick<SourcePorts, "secrets" | "masker">,
): Promise<Pick<OciClientOptions, "caCert" | "identity" | "insecureSkipVerify">> {
  const { certSecretRef, insecure } = object.spec;
  if (!certSecretRef?.name) return insecure ? { insecureSkipVerify: true } : {};
  const namespace = object.metadata.namespace ?? "";
  const data = await readExisting(namespace, certSecretRef.name, secrets);
  const material = tlsFromSecret(data, `secret '${namespace}/${certSecretRef.name}'`);
  registerSecrets(masker, { key: material.identity?.key });
  return material;
}
