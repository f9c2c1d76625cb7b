import type { Clock } from "@eddy/core/clock";
import type { HttpProxy } from "@eddy/http";
import type { AzureApplication } from "./azure/client-token.ts";
import type { ManagedIdentity } from "./azure/managed-identity.ts";
import type { GitHubApp } from "./github/installation-token.ts";
import type { CloudEndpoints, ServiceAccountPort, ServiceAccountRef } from "./ports.ts";
import type { AwsCredentials, CloudToken } from "./token.ts";

/** Who asks, and by which way. */
export interface LoginOptions {
  /** Log in as this ServiceAccount of the cluster; absent: as the process. */
  serviceAccount?: ServiceAccountRef;
  /** A way to the services. */
  proxy?: HttpProxy;
}

/** Of {@link CloudLogin.aws}. */
export interface AwsLoginOptions extends LoginOptions {
  region?: string;
  stsEndpoint?: string;
}

/** Of {@link CloudLogin.ldap}: a user at an STS that asks LDAP. */
export interface LdapLogin {
  endpoint: string;
  username: string;
  password: string;
  /** Trusted beside the system's authorities, PEM. */
  caCert?: string;
  identity?: { cert: string; key: string };
  proxy?: HttpProxy;
}

/** Logins to clouds. Tokens are kept until shortly before they expire, and each is shown to `onSecret` once it is known. Throws CloudError. */
export interface CloudLogin {
  aws(options?: AwsLoginOptions): Promise<AwsCredentials>;
  gcp(options?: LoginOptions): Promise<CloudToken>;
  /** `scope`: one of `azureScopes`, or like them. */
  azure(scope: string, options?: LoginOptions): Promise<CloudToken>;
  /** For a service account's key file. */
  gcpKey(key: string, what: string, scopes: readonly string[], options?: { proxy?: HttpProxy }): Promise<CloudToken>;
  azureApplication(application: AzureApplication, scope: string, options?: { proxy?: HttpProxy }): Promise<CloudToken>;
  azureManagedIdentity(identity: ManagedIdentity, scope: string): Promise<CloudToken>;
  ldap(login: LdapLogin): Promise<AwsCredentials>;
  gitHubApp(app: GitHubApp, options?: { proxy?: HttpProxy; caCert?: string }): Promise<CloudToken>;
}

/** What logins are made with. */
export interface CloudLoginOptions {
  clock?: Clock;
  /** Default: the process's. */
  env?: Readonly<Record<string, string | undefined>>;
  readFile?: (path: string) => Promise<string>;
  endpoints?: CloudEndpoints;
  /** Absent: objects cannot name a ServiceAccount (gate `ObjectLevelWorkloadIdentity`). */
  serviceAccounts?: ServiceAccountPort;
  /** Told every token and secret key: what must be masked. */
  onSecret?: (secret: string) => void;
  /** `--token-cache-max-size`, `--token-cache-max-duration`. */
  maxCachedTokens?: number;
  maxTokenAgeMs?: number;
}
