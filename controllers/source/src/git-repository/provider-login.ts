import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import {
  azureScopes,
  codeCommitLogin,
  codeCommitRegion,
  gitHubTokenUser,
  parseGitHubApp,
  type LoginOptions,
} from "@eddy/cloud";
import { sha256 } from "@eddy/core/digest";
import type { GitAuth } from "@eddy/git";
import type { HttpProxy } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";
import type { SecretData } from "@eddy/runtime/registry-access";
import type { Ports } from "./ports.ts";

/** What a login needs to know beside the object. */
export interface ProviderLoginContext {
  readonly url: URL;
  /** Of `spec.secretRef`. */
  readonly data: SecretData;
  readonly proxy: HttpProxy | undefined;
}

type LoginPorts = Pick<Ports, "login" | "codeCommit" | "clock">;

/**
 * Credentials of the object's provider: CodeCommit's signature, a token for Azure DevOps, an installation's token of a GitHub App;
 * undefined for `generic`. Source: Flux spec 1.1, `spec.provider`; source-controller `getAuthOpts`.
 * @throws StepError InvalidProviderConfiguration with FetchFailed; CloudError
 */
export async function providerLogin(
  object: GitRepository,
  context: ProviderLoginContext,
  ports: LoginPorts,
): Promise<GitAuth | undefined> {
  switch (object.spec.provider ?? "generic") {
    case "aws":
      return awsLogin(context.url, loginOptions(object, context), ports);
    case "azure": {
      const { value } = await ports.login.azure(azureScopes.devOps, loginOptions(object, context));
      return { bearerToken: value };
    }
    case "github":
      return gitHubLogin(object, context, ports);
    default:
      return undefined;
  }
}

function loginOptions({ metadata, spec }: GitRepository, { proxy }: ProviderLoginContext): LoginOptions {
  const name = spec.serviceAccountName;
  return {
    ...(name ? { serviceAccount: { namespace: metadata.namespace ?? "", name } } : {}),
    ...(proxy ? { proxy } : {}),
  };
}

/** The same signature for as long as it counts: another one would be another login, with a connection of its own. */
async function awsLogin(url: URL, options: LoginOptions, ports: LoginPorts): Promise<GitAuth> {
  const credentials = await ports.login.aws({ region: codeCommitRegion(url), ...options });
  const key = sha256(JSON.stringify([url.href, credentials]));
  const { username, password } = await ports.codeCommit.get(key, async () =>
    codeCommitLogin(url, credentials, ports.clock.now()),
  );
  return { username, password };
}

async function gitHubLogin(
  { spec }: GitRepository,
  { data, proxy }: ProviderLoginContext,
  { login }: LoginPorts,
): Promise<GitAuth> {
  const missing = "secretRef with github app data must be specified when provider is set to github";
  if (!spec.secretRef) throw misconfigured(missing, "terminal");
  if (!data["githubAppID"]) throw misconfigured(missing, "retry");
  const caCert = data["ca.crt"];
  const way = { ...(proxy ? { proxy } : {}), ...(caCert ? { caCert } : {}) };
  const { value } = await login.gitHubApp(parseGitHubApp(data), way);
  return { username: gitHubTokenUser, password: value };
}

function misconfigured(message: string, errorClass: "terminal" | "retry"): StepError {
  return new StepError(sourceReasons.invalidProviderConfiguration, message, {
    class: errorClass,
    condition: sourceConditionTypes.fetchFailed,
  });
}
