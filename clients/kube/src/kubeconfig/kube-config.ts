import type { Impersonation } from "../client.ts";

/** Where an API server is and how its certificate is checked. Inline data wins over a file, as in client-go. */
export interface ClusterConfig {
  /** Base URL, `https://host:port[/prefix]`, without a trailing slash. */
  server: string;
  /** PEM text of the accepted authorities; absent: the machine's. */
  caData?: string;
  /** Absolute path of the same. */
  caFile?: string;
  insecureSkipTlsVerify?: boolean;
  /** Name to ask for and to check instead of the host in `server`. */
  tlsServerName?: string;
  /** `http://` or `https://` proxy, reached with CONNECT. */
  proxyUrl?: string;
  /** Extension `client.authentication.k8s.io/exec`: handed to plugins that ask for the cluster's info. */
  execExtension?: unknown;
}

/** An exec credential plugin (`client.authentication.k8s.io`), run without a shell. */
export interface ExecConfig {
  apiVersion: string;
  command: string;
  args: readonly string[];
  env: readonly { name: string; value: string }[];
  /** Pass the cluster's address and authorities to the plugin. */
  provideClusterInfo: boolean;
  interactiveMode: "Never" | "IfAvailable" | "Always";
  /** Printed when the command is not found. */
  installHint?: string;
}

/** A bearer token, and until when it counts, in milliseconds since the epoch. */
export type TokenSource = () => Promise<{ token: string; expiresAtMs: number }>;

/** Who one is. Several means may be set; a client certificate and one kind of `Authorization` go together. */
export interface UserConfig {
  clientCertificateData?: string;
  clientCertificateFile?: string;
  clientKeyData?: string;
  clientKeyFile?: string;
  token?: string;
  /** Read again when older than a minute, and after a 401: service account tokens rotate. */
  tokenFile?: string;
  /** Asked for a token when there is none or it is about to expire, and after a 401. Not part of a kubeconfig's text. */
  tokenSource?: TokenSource;
  username?: string;
  password?: string;
  exec?: ExecConfig;
  impersonate?: Impersonation;
}

/** One context of a kubeconfig, resolved: all that a connection needs. Holds secrets: never print it. */
export interface KubeConfig {
  /** Name of the context, or `in-cluster`. */
  context: string;
  /** Namespace of the context; `default` unless it names one. */
  namespace: string;
  cluster: ClusterConfig;
  user: UserConfig;
}

/** A whole kubeconfig: several files merged, names kept. */
export interface KubeconfigFile {
  currentContext: string;
  contexts: ReadonlyMap<string, { cluster: string; user: string; namespace?: string }>;
  clusters: ReadonlyMap<string, ClusterConfig>;
  users: ReadonlyMap<string, UserConfig>;
}
