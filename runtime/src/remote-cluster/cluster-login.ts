import type { Clock } from "@eddy/core/clock";
import { isObject, type JsonObject } from "@eddy/core/json";
import { presignAwsUrl, signAwsRequest, type CloudLogin, type ServiceAccountRef } from "@eddy/cloud";
import type { HttpClient, HttpHeaders } from "@eddy/http";
import { parseKubeconfig, resolveContext, type TokenSource } from "@eddy/kube";
import type { ServiceAccounts } from "../workload-identity/index.ts";
import { RemoteClusterError } from "./remote-cluster-error.ts";

/** What a ConfigMap says of a cluster. Source: flux2.md 1.0, KubeConfigReference. */
export interface ClusterDescription {
  provider: string;
  /** EKS ARN, GKE path, AKS resource id. */
  cluster: string;
  address: string;
  caCert: string;
  audiences: readonly string[];
  serviceAccount: ServiceAccountRef | undefined;
}

/** How the cluster's API server is reached. */
export interface ClusterAccess {
  server: string;
  caData: string | undefined;
  token: TokenSource;
}

/** Where stand-ins of the clouds' APIs are, without a slash at the end. */
export interface CloudEndpointsOfClusters {
  eks?: string;
  sts?: string;
  container?: string;
  resourceManager?: string;
}

/** What logging in goes through. */
export interface ClusterLoginPorts {
  http: HttpClient;
  clock: Clock;
  login: CloudLogin;
  accounts: ServiceAccounts;
  endpoints: CloudEndpointsOfClusters;
}

/** Finds a cluster and how to be somebody there. @throws RemoteClusterError */
export async function accessCluster(description: ClusterDescription, ports: ClusterLoginPorts): Promise<ClusterAccess> {
  switch (description.provider) {
    case "aws":
      return await accessEks(description, ports);
    case "gcp":
      return await accessGke(description, ports);
    case "azure":
      return await accessAks(description, ports);
    case "generic":
      return accessGeneric(description, ports);
    default:
      throw new RemoteClusterError(
        `the provider is ${JSON.stringify(description.provider)}, want "aws", "azure", "gcp" or "generic"`,
      );
  }
}

/** The address with its scheme and port. @throws RemoteClusterError for one that is not https */
export function clusterAddress(address: string): string {
  const text = address.startsWith("http") ? address : `https://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") return `https://${url.hostname.toLowerCase()}:${url.port === "" ? "443" : url.port}`;
  throw new RemoteClusterError(`the Kubernetes API server address '${address}' must use https scheme`);
}

// A token of the cluster lasts an hour; it is asked for again well before.
const tokenLifeMs = 3_000_000;

function accessGeneric(
  { address, caCert, audiences, serviceAccount }: ClusterDescription,
  ports: ClusterLoginPorts,
): ClusterAccess {
  if (address === "") throw new RemoteClusterError("cluster address is required to create a REST config");
  if (!serviceAccount) throw new RemoteClusterError("serviceAccountName is required for the provider 'generic'");
  const server = clusterAddress(address);
  return {
    server,
    caData: caCert || undefined,
    token: async () => ({
      token: await ports.accounts.requestToken(serviceAccount, audiences.length === 0 ? [address] : audiences),
      expiresAtMs: ports.clock.now() + tokenLifeMs,
    }),
  };
}

const eksArn = /^arn:aws[\w-]*:eks:([^:]+):[^:]*:cluster\/(.+)$/;
const eksTokenSeconds = 900;

async function accessEks(description: ClusterDescription, ports: ClusterLoginPorts): Promise<ClusterAccess> {
  const [, region = "", name = ""] = eksArn.exec(description.cluster) ?? [];
  if (name === "") throw new RemoteClusterError(`invalid EKS cluster ARN: '${description.cluster}'`);
  const { serviceAccount } = description;
  const credentials = (): ReturnType<CloudLogin["aws"]> =>
    ports.login.aws({ region, ...(serviceAccount ? { serviceAccount } : {}) });
  const found = await describe(description, async () => {
    const url = new URL(
      `${ports.endpoints.eks ?? `https://eks.${region}.amazonaws.com`}/clusters/${encodeURIComponent(name)}`,
    );
    const scope = { credentials: await credentials(), region, service: "eks", nowMs: ports.clock.now() };
    const { host: _, ...headers } = signAwsRequest({ method: "GET", url }, scope);
    const answer = await fetchJson(ports.http, url.href, headers, `describe EKS cluster '${description.cluster}'`);
    return {
      address: textAt(answer, "cluster", "endpoint"),
      caBase64: textAt(answer, "cluster", "certificateAuthority", "data"),
    };
  });
  return {
    ...found,
    async token() {
      const nowMs = ports.clock.now();
      const url = new URL(
        `${ports.endpoints.sts ?? `https://sts.${region}.amazonaws.com`}/?Action=GetCallerIdentity&Version=2011-06-15`,
      );
      const scope = { credentials: await credentials(), region, service: "sts", nowMs };
      // Source: EKS' IAM authenticator: the token is a signed request that the cluster sends on.
      const signed = presignAwsUrl({ url, headers: { "x-k8s-aws-id": name }, expiresSeconds: eksTokenSeconds }, scope);
      return {
        token: `k8s-aws-v1.${Buffer.from(signed).toString("base64url")}`,
        expiresAtMs: nowMs + eksTokenSeconds * 1_000,
      };
    },
  };
}

async function accessGke(description: ClusterDescription, ports: ClusterLoginPorts): Promise<ClusterAccess> {
  const { cluster, serviceAccount } = description;
  const login = (): ReturnType<CloudLogin["gcp"]> => ports.login.gcp(serviceAccount ? { serviceAccount } : {});
  const found = await describe(description, async () => {
    if (!/^projects\/[^/]+\/locations\/[^/]+\/clusters\/[^/]+$/.test(cluster)) {
      throw new RemoteClusterError(
        `invalid GKE cluster ID: '${cluster}'. must match projects/…/locations/…/clusters/…`,
      );
    }
    const url = `${ports.endpoints.container ?? "https://container.googleapis.com"}/v1/${cluster}`;
    const headers = { authorization: `Bearer ${(await login()).value}` };
    const answer = await fetchJson(ports.http, url, headers, `describe GKE cluster '${cluster}'`);
    return { address: textAt(answer, "endpoint"), caBase64: textAt(answer, "masterAuth", "clusterCaCertificate") };
  });
  return { ...found, token: async () => tokenOf(await login()) };
}

const aksScope = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";
const resourceManagerScope = "https://management.azure.com/.default";
const aksApi = "api-version=2024-05-01";

async function accessAks(description: ClusterDescription, ports: ClusterLoginPorts): Promise<ClusterAccess> {
  const { cluster, address, serviceAccount } = description;
  const as = serviceAccount ? { serviceAccount } : {};
  const found = await describe(description, async () => {
    if (
      !/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerService\/managedClusters\/[^/]+$/i.test(
        cluster,
      )
    ) {
      throw new RemoteClusterError(`invalid AKS cluster ID: '${cluster}'`);
    }
    const base = `${ports.endpoints.resourceManager ?? "https://management.azure.com"}${cluster}`;
    const headers = { authorization: `Bearer ${(await ports.login.azure(resourceManagerScope, as)).value}` };
    const resource = await fetchJson(ports.http, `${base}?${aksApi}`, headers, "describe AKS cluster");
    const properties = isObject(resource["properties"]) ? resource["properties"] : {};
    if (!isObject(properties["aadProfile"])) {
      throw new RemoteClusterError(`AKS cluster ${cluster} does not have Microsoft Entra ID integration enabled`);
    }
    const answer = await fetchJson(
      ports.http,
      `${base}/listClusterUserCredential?${aksApi}`,
      headers,
      "list kubeconfigs of AKS cluster",
      "POST",
    );
    return kubeconfigFor(answer, cluster, address);
  });
  return { ...found, token: async () => tokenOf(await ports.login.azure(aksScope, as)) };
}

/** The kubeconfig of the wanted address, else the first one. */
function kubeconfigFor(answer: JsonObject, cluster: string, address: string): FoundCluster {
  const list = Array.isArray(answer["kubeconfigs"]) ? answer["kubeconfigs"].filter(isObject) : [];
  const wanted = address === "" ? undefined : clusterAddress(address);
  const clusters = list.map(
    ({ value }) => resolveContext(parseKubeconfig(Buffer.from(String(value), "base64").toString("utf8"))).cluster,
  );
  const found = clusters.find(({ server }) => wanted === undefined || clusterAddress(server) === wanted);
  if (found) return { address: found.server, caBase64: Buffer.from(found.caData ?? "").toString("base64") };
  if (wanted === undefined) throw new RemoteClusterError(`no kubeconfig found for AKS cluster ${cluster}`);
  const addresses = clusters.map(({ server }) => `'${server}'`).join(", ");
  throw new RemoteClusterError(
    `no kubeconfig found for AKS cluster ${cluster} matching the specified address '${address}'. cluster addresses: [${addresses}]`,
  );
}

interface FoundCluster {
  address: string;
  caBase64: string;
}

/** Asks the cloud only for what the ConfigMap does not say. */
async function describe(
  { address, caCert }: ClusterDescription,
  ask: () => Promise<FoundCluster>,
): Promise<{ server: string; caData: string | undefined }> {
  if (address !== "" && caCert !== "") return { server: clusterAddress(address), caData: caCert };
  const found = await ask();
  const caData = caCert || Buffer.from(found.caBase64, "base64").toString("utf8");
  return { server: clusterAddress(address || found.address), caData: caData || undefined };
}

function tokenOf({ value, expiresAtMs }: Awaited<ReturnType<CloudLogin["gcp"]>>): Awaited<ReturnType<TokenSource>> {
  return { token: value, expiresAtMs };
}

async function fetchJson(
  http: HttpClient,
  url: string,
  credentials: HttpHeaders,
  doing: string,
  method = "GET",
): Promise<JsonObject> {
  const response = await http.request(url, {
    method,
    credentials,
    maxRedirects: 0,
    maxBytes: 4 * 1024 * 1024,
    timeoutMs: 30_000,
  });
  const text = await response.text();
  if (response.status !== 200)
    throw new RemoteClusterError(`failed to ${doing}: status ${response.status}: ${text.slice(0, 500)}`);
  const value: unknown = JSON.parse(text);
  if (isObject(value)) return value;
  throw new RemoteClusterError(`failed to ${doing}: the answer is no object`);
}

function textAt(value: JsonObject, ...path: string[]): string {
  let current: unknown = value;
  for (const step of path) current = isObject(current) ? current[step] : undefined;
  if (typeof current === "string") return current;
  throw new RemoteClusterError(`the cloud's answer has no ${path.join(".")}`);
}
