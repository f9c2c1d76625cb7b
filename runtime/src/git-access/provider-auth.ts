import {
  azureScopes,
  codeCommitLogin,
  codeCommitRegion,
  gitHubTokenUser,
  parseGitHubApp,
  type CloudLogin,
  type LoginOptions,
  type TokenCache,
} from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { sortKeys } from "@eddy/core/json";
import type { GitAuth } from "@eddy/git";
import type { HttpProxy } from "@eddy/http";

/** Whom a provider's login is for. */
export interface GitProviderRequest {
  /** `spec.provider`. */
  readonly provider: "aws" | "azure" | "github";
  readonly url: URL;
  /** Of the namespace and name, when the object names one. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  /** Data of `spec.secretRef`: of a GitHub App. */
  readonly data: Readonly<Record<string, string>>;
  readonly proxy?: HttpProxy;
}

/** What logins are made with. */
export interface GitProviderPorts {
  readonly login: CloudLogin;
  /** Signatures for CodeCommit. */
  readonly codeCommit: TokenCache;
  readonly clock: Clock;
}

/**
 * Credentials of a provider: CodeCommit's signature, a token for Azure DevOps, an installation's token of a GitHub App.
 * Source: Flux spec 1.1, `spec.provider`; source-controller `getAuthOpts`.
 * @throws CloudError
 */
export async function providerAuth(request: GitProviderRequest, ports: GitProviderPorts): Promise<GitAuth> {
  const { provider, serviceAccount, data } = request;
  // Not the token, which is another one each hour.
  const principal = sha256(JSON.stringify([provider, serviceAccount, sortKeys(data)]));
  return { ...(await loginOf(request, ports)), principal };
}

async function loginOf(request: GitProviderRequest, ports: GitProviderPorts): Promise<GitAuth> {
  switch (request.provider) {
    case "aws":
      return awsAuth(request, ports);
    case "azure": {
      const { value } = await ports.login.azure(azureScopes.devOps, loginOptions(request));
      return { bearerToken: value };
    }
    case "github": {
      const { data, proxy } = request;
      const caCert = data["ca.crt"];
      const way = { ...(proxy ? { proxy } : {}), ...(caCert ? { caCert } : {}) };
      const { value } = await ports.login.gitHubApp(parseGitHubApp(data), way);
      return { username: gitHubTokenUser, password: value };
    }
  }
}

function loginOptions({ serviceAccount, proxy }: GitProviderRequest): LoginOptions {
  return { ...(serviceAccount ? { serviceAccount } : {}), ...(proxy ? { proxy } : {}) };
}

/** The same signature for as long as it counts: another one would be another login, with a connection of its own. */
async function awsAuth(request: GitProviderRequest, ports: GitProviderPorts): Promise<GitAuth> {
  const { url } = request;
  const credentials = await ports.login.aws({ region: codeCommitRegion(url), ...loginOptions(request) });
  const key = sha256(JSON.stringify([url.href, credentials]));
  const { username, password } = await ports.codeCommit.get(key, async () =>
    codeCommitLogin(url, credentials, ports.clock.now()),
  );
  return { username, password };
}
