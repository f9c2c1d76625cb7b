import { messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import type { HttpProxy } from "@eddy/http";
import { hasReason, type KubeClient } from "@eddy/kube";
import { parsePullSecret, type DockerConfig } from "@eddy/oci";
import { registerSecrets } from "./register-secrets.ts";
import type { SecretData, SecretStore } from "./secret-store.ts";
import { tlsFromSecret, type TlsMaterial } from "./tls-from-secret.ts";

/** What reading a registry's Secrets needs. All that is secret in them is registered. */
export interface RegistrySecretPorts {
  readonly kube: KubeClient;
  readonly secrets: SecretStore;
  readonly masker: Masker;
}

/** Where an object says how it logs in; both are read, the Secret first. */
export interface LoginReferences {
  readonly secretRef?: { readonly name: string } | undefined;
  /** Its `imagePullSecrets`. */
  readonly serviceAccountName?: string | undefined;
}

/** Docker-configs, and the Secrets that they are from. */
export interface RegistryLogins {
  readonly configs: readonly DockerConfig[];
  readonly secrets: readonly SecretData[];
}

/**
 * The logins that Secrets hold.
 * @throws Error in the words of fluxcd/pkg/runtime/secrets for what is not there
 */
export async function readRegistryLogins(
  namespace: string,
  { secretRef, serviceAccountName }: LoginReferences,
  ports: RegistrySecretPorts,
): Promise<RegistryLogins> {
  const secrets: SecretData[] = [];
  if (secretRef) secrets.push(await readLogin(namespace, secretRef.name, ports));
  if (serviceAccountName) secrets.push(...(await pullSecretsOf(namespace, serviceAccountName, ports)));
  const configs = secrets.flatMap((data) => configOf(data) ?? []);
  for (const { auths } of configs)
    for (const auth of auths.values()) registerSecrets(ports.masker.of(namespace), { ...auth });
  return { configs, secrets };
}

function configOf(data: SecretData): DockerConfig | undefined {
  const type = ".dockerconfigjson" in data ? "kubernetes.io/dockerconfigjson" : "kubernetes.io/dockercfg";
  return parsePullSecret({ type, data });
}

async function readLogin(
  namespace: string,
  name: string,
  { secrets }: Pick<RegistrySecretPorts, "secrets">,
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
  { kube, secrets }: Pick<RegistrySecretPorts, "kube" | "secrets">,
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

async function readExisting(namespace: string, name: string, secrets: SecretStore): Promise<SecretData> {
  try {
    return await secrets.read(namespace, name);
  } catch (cause) {
    const named = `secret '${namespace}/${name}'`;
    const why = hasReason(cause, "NotFound") ? `${named} not found` : `failed to get ${named}: ${messageOf(cause)}`;
    throw new Error(why, { cause });
  }
}

/**
 * The proxy that a Secret names: `address`, `username`, `password`.
 * @throws Error in the words of fluxcd/pkg/runtime `ProxyURLFromSecret`
 */
export async function readRegistryProxy(
  namespace: string,
  name: string,
  { secrets, masker }: Pick<RegistrySecretPorts, "secrets" | "masker">,
): Promise<HttpProxy> {
  const { address, username, password } = await readExisting(namespace, name, secrets);
  if (!address) throw new Error(`secret '${namespace}/${name}': key 'address' not found`);
  registerSecrets(masker.of(namespace), { password });
  return { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

/**
 * Authority and client certificate of a Secret.
 * @throws Error in the words of fluxcd/pkg/runtime `TLSConfigFromSecret`
 */
export async function readRegistryTrust(
  namespace: string,
  name: string,
  { secrets, masker }: Pick<RegistrySecretPorts, "secrets" | "masker">,
): Promise<TlsMaterial> {
  const data = await readExisting(namespace, name, secrets);
  const material = tlsFromSecret(data, `secret '${namespace}/${name}'`);
  registerSecrets(masker.of(namespace), { key: material.identity?.key });
  return material;
}
