import { messageOf } from "@eddy/core/errors";
import { parseRepository } from "@eddy/core/image";
import { isObject } from "@eddy/core/json";
import type { Logger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import { firstKeychain, keyringKeychain, parseCloudRegistry, type DockerConfig, type Keychain } from "@eddy/oci";
import {
  readRegistryLogins,
  registryAccessOf,
  type CloudKeychains,
  type RegistryPool,
  type SecretStore,
} from "@eddy/runtime/registry-access";
import { podSpecOf } from "../workload/tracked.ts";
import type { OpenedAccess } from "./registry-reader.ts";

/** What logging in as a workload needs. */
export interface AccessPorts {
  readonly kube: KubeClient;
  readonly secrets: SecretStore;
  readonly masker: Masker;
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
  const configs = await loginsOf(object, imagePullSecret, ports);
  const { registry } = parseRepository(repository);
  const { key, options } = registryAccessOf({
    identity: ["updates", registry],
    settings: { timeoutMs },
    configs,
    keychain: keychainOf(registry, configs, ports),
  });
  const secrets = [imagePullSecret ?? "", ...pullSecretNames(podSpecOf(object))];
  const owner = JSON.stringify([namespace, registry, podSpecOf(object)["serviceAccountName"] ?? "", secrets]);
  return { key, client: ports.pool.open(owner, { key, options }) };
}

async function loginsOf(
  object: KubeObject,
  imagePullSecret: string | undefined,
  ports: AccessPorts,
): Promise<DockerConfig[]> {
  const namespace = object.metadata.namespace ?? "";
  const spec = podSpecOf(object);
  const account = spec["serviceAccountName"];
  const references = [
    ...[...(imagePullSecret ? [imagePullSecret] : []), ...pullSecretNames(spec)].map((name) => ({
      secretRef: { name },
    })),
    ...(object.kind === "HelmRelease"
      ? []
      : [{ serviceAccountName: typeof account === "string" && account !== "" ? account : "default" }]),
  ];
  const found: DockerConfig[] = [];
  for (const reference of references) {
    try {
      found.push(...(await readRegistryLogins(namespace, reference, ports)).configs);
    } catch (error) {
      ports.logger.log("debug", "read pull secrets failed", { error: messageOf(error) });
    }
  }
  return found;
}

function pullSecretNames(spec: Record<string, unknown>): string[] {
  const refs = spec["imagePullSecrets"];
  if (!Array.isArray(refs)) return [];
  return (refs as unknown[]).flatMap((ref) => (isObject(ref) && typeof ref["name"] === "string" ? [ref["name"]] : []));
}

const providers = ["aws", "azure", "gcp"] as const;

function isRegistryOf(provider: (typeof providers)[number], registry: string): boolean {
  try {
    parseCloudRegistry(provider, registry);
    return true;
  } catch {
    return false;
  }
}

function keychainOf(registry: string, configs: readonly DockerConfig[], { clouds }: AccessPorts): Keychain {
  const given = keyringKeychain(configs);
  const provider = providers.find((candidate) => isRegistryOf(candidate, registry));
  if (!provider) return given;
  const own = clouds(provider, undefined, undefined);
  // Outside of its cloud nobody can log in so; public images are there for everybody.
  const tried: Keychain = { resolve: (...args) => own.resolve(...args).catch(() => undefined) };
  return firstKeychain(given, tried);
}
