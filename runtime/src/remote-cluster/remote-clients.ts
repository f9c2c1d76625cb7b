import type { KubeConfigReference } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import { createCloudLogin, type CloudLogin } from "@eddy/cloud";
import { createHttpClient } from "@eddy/http";
import {
  connect,
  parseKubeconfig,
  resolveContext,
  restrictKubeConfig,
  type KubeClient,
  type KubeConfig,
} from "@eddy/kube";
import type { DataStore } from "../data/index.ts";
import { createServiceAccounts } from "../workload-identity/index.ts";
import { accessCluster, type CloudEndpointsOfClusters } from "./cluster-login.ts";
import { kubeConfigRefOf } from "./kube-config-ref.ts";
import { RemoteClusterError } from "./remote-cluster-error.ts";

/** Clients of other clusters; one for each Secret or ConfigMap, made anew when it changes. */
export interface RemoteClients {
  /**
   * The client that a reference of an object in `namespace` leads to. The same one as long as what it refers to is the same.
   * @throws RemoteClusterError in upstream's words
   */
  open(reference: KubeConfigReference, namespace: string): Promise<KubeClient>;
  close(): void;
}

/** What other clusters are reached through. */
export interface RemoteClientsOptions {
  kube: KubeClient;
  clock: Clock;
  masker: Masker;
  data: DataStore;
  /** `--insecure-kubeconfig-exec`: programs named in kubeconfigs are run. */
  allowExec?: boolean;
  /** `--insecure-kubeconfig-tls`. */
  allowInsecureTls?: boolean;
  /** `--default-kubeconfig-service-account`. */
  defaultServiceAccount?: string;
  /** Default: as this process logs in. */
  login?: CloudLogin;
  endpoints?: CloudEndpointsOfClusters;
  /** What is said of a Secret that cannot be read. Default: kustomize-controller's words. */
  unreadSecret?: (name: string, detail: string) => string;
}

/** No connections yet. A tenant's kubeconfig runs no programs, skips no verification and reads no files of this process. */
export function createRemoteClients(options: RemoteClientsOptions): RemoteClients {
  const { kube, clock, masker, data } = options;
  const accounts = createServiceAccounts(kube);
  const http = createHttpClient({ clock });
  const unreadSecret = options.unreadSecret ?? unreadKubeConfigSecret;
  const login =
    options.login ??
    createCloudLogin({ clock, serviceAccounts: accounts, onSecret: (secret) => masker.register(secret) });
  const known = new Map<string, { content: string; client: KubeClient }>();
  const configOf = async (
    { secretRef }: KubeConfigReference,
    namespace: string,
    name: string,
    content: Readonly<Record<string, string>>,
  ): Promise<KubeConfig> => {
    if (secretRef)
      return restricted(kubeconfigOf(content, `${namespace}/${name}`, secretRef.key), `${namespace}/${name}`, options);
    const ports = { http, clock, login, accounts, endpoints: options.endpoints ?? {} };
    const account = content["serviceAccountName"] || options.defaultServiceAccount;
    const { server, caData, token } = await accessCluster(
      {
        provider: content["provider"] ?? "",
        cluster: content["cluster"] ?? "",
        address: content["address"] ?? "",
        caCert: content["ca.crt"] ?? "",
        audiences: (content["audiences"] ?? "")
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== ""),
        serviceAccount: account ? { namespace, name: account } : undefined,
      },
      ports,
    );
    const cluster = { server, ...(caData === undefined ? {} : { caData }) };
    return { context: name, namespace: "default", cluster, user: { tokenSource: token } };
  };
  return {
    async open(reference, namespace) {
      const ref = kubeConfigRefOf(reference, namespace);
      if (!ref) throw new RemoteClusterError("kubeConfig names neither a Secret nor a ConfigMap");
      const say = ref.kind === "Secret" ? unreadSecret : unreadConfigMap;
      const content = await data.read(ref).catch((cause: unknown) => {
        throw new RemoteClusterError(say(`${namespace}/${ref.name}`, messageOf(cause)), cause);
      });
      if (!content) {
        const missing = `${ref.kind.toLowerCase()}s "${ref.name}" not found`;
        throw new RemoteClusterError(say(`${namespace}/${ref.name}`, missing));
      }
      const id = JSON.stringify([ref.kind, namespace, ref.name, reference.secretRef?.key]);
      const digest = sha256(JSON.stringify(content));
      const entry = known.get(id);
      if (entry?.content === digest) return entry.client;
      const config = await configOf(reference, namespace, ref.name, content);
      const client = connect(config, { clock, refusesMetadata: true, ...(kube.fence ? { fence: kube.fence } : {}) });
      entry?.client.close();
      known.set(id, { content: digest, client });
      return client;
    },
    close() {
      for (const { client } of known.values()) client.close();
      known.clear();
      http.close();
    },
  };
}

function unreadKubeConfigSecret(name: string, detail: string): string {
  return `unable to read KubeConfig secret '${name}' error: ${detail}`;
}

function unreadConfigMap(name: string, detail: string): string {
  return `failed to get configmap '${name}' error: ${detail}`;
}

function kubeconfigOf(content: Readonly<Record<string, string>>, name: string, key: string | undefined): string {
  for (const candidate of key === undefined ? ["value", "value.yaml"] : [key]) {
    const text = content[candidate];
    if (text !== undefined) return text;
  }
  throw new RemoteClusterError(
    `KubeConfig secret '${name}' does not contain a '${key ?? "value"}' key with a kubeconfig`,
  );
}

function restricted(text: string, name: string, { allowExec, allowInsecureTls }: RemoteClientsOptions): KubeConfig {
  try {
    return restrictKubeConfig(resolveContext(parseKubeconfig(text)), {
      ...(allowExec ? {} : { exec: "strip" }),
      ...(allowInsecureTls ? {} : { insecureTls: "strip" }),
      files: "strip",
    });
  } catch (cause) {
    throw new RemoteClusterError(`invalid KubeConfig in secret '${name}': ${messageOf(cause)}`, cause);
  }
}
