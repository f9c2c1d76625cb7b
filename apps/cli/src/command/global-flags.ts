import { flag, type FlagSpec, type FlagSpecs, type FlagValues } from "./flag.ts";

/** Flags that every command takes, before or after its words. Source: fluxcd/flux2 cmd/flux/main.go. */
export const globalFlagSpecs: {
  namespace: FlagSpec<string | undefined>;
  nsFollowsKubeContext: FlagSpec<boolean>;
  timeout: FlagSpec<number>;
  verbose: FlagSpec<boolean>;
  kubeconfig: FlagSpec<string | undefined>;
  context: FlagSpec<string | undefined>;
  cluster: FlagSpec<string | undefined>;
  user: FlagSpec<string | undefined>;
  as: FlagSpec<string | undefined>;
  asGroup: FlagSpec<readonly string[]>;
  asUid: FlagSpec<string | undefined>;
  asUserExtra: FlagSpec<readonly string[]>;
  server: FlagSpec<string | undefined>;
  tlsServerName: FlagSpec<string | undefined>;
  token: FlagSpec<string | undefined>;
  certificateAuthority: FlagSpec<string | undefined>;
  clientCertificate: FlagSpec<string | undefined>;
  clientKey: FlagSpec<string | undefined>;
  insecureSkipTlsVerify: FlagSpec<boolean>;
  disableCompression: FlagSpec<boolean>;
  cacheDir: FlagSpec<string | undefined>;
  kubeApiQps: FlagSpec<number>;
  kubeApiBurst: FlagSpec<number>;
} = {
  namespace: flag.text('the namespace scope for this operation (default "flux-system", or FLUX_SYSTEM_NAMESPACE)', {
    short: "n",
  }),
  nsFollowsKubeContext: flag.boolean("use the namespace of the kubeconfig context"),
  timeout: flag.duration("5m", "timeout for this operation"),
  verbose: flag.boolean("print where an error comes from"),
  kubeconfig: flag.text("path to the kubeconfig file"),
  context: flag.text("the name of the kubeconfig context to use"),
  cluster: flag.text("the name of the kubeconfig cluster to use"),
  user: flag.text("the name of the kubeconfig user to use"),
  as: flag.text("username to impersonate; can be a service account, `system:serviceaccount:<ns>:<name>`"),
  asGroup: flag.list("group to impersonate, may be repeated"),
  asUid: flag.text("UID to impersonate"),
  asUserExtra: flag.list("extra value to impersonate, `key=value`, may be repeated"),
  server: flag.text("the address and port of the Kubernetes API server"),
  tlsServerName: flag.text("server name to check the certificate against"),
  token: flag.text("bearer token for the API server"),
  certificateAuthority: flag.text("path to a certificate file of the authority"),
  clientCertificate: flag.text("path to a client certificate file"),
  clientKey: flag.text("path to a client key file"),
  insecureSkipTlsVerify: flag.boolean("do not check the server's certificate; this makes the connection insecure"),
  disableCompression: flag.boolean("accepted for compatibility; responses are never compressed", { hidden: true }),
  cacheDir: flag.text("accepted for compatibility; discovery is kept in memory", { hidden: true }),
  kubeApiQps: flag.integer(0, "the maximum queries-per-second of requests to the API server, 0 for no limit"),
  kubeApiBurst: flag.integer(300, "the maximum burst of requests above the queries-per-second"),
} satisfies FlagSpecs;

/** Values of the flags that every command takes. */
export type GlobalFlags = FlagValues<typeof globalFlagSpecs>;
