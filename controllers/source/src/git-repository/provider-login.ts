import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import type { GitAuth } from "@eddy/git";
import type { HttpProxy } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";
import { providerAuth } from "@eddy/runtime/git-access";
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
  const { spec, metadata } = object;
  const provider = spec.provider ?? "generic";
  if (provider === "generic") return undefined;
  if (provider === "github") checkGitHubApp(spec, context.data);
  const name = provider === "github" ? undefined : spec.serviceAccountName;
  const { url, data, proxy } = context;
  const serviceAccount = name ? { serviceAccount: { namespace: metadata.namespace ?? "", name } } : {};
  return providerAuth({ provider, url, data, ...serviceAccount, ...(proxy ? { proxy } : {}) }, ports);
}

function checkGitHubApp({ secretRef }: GitRepository["spec"], data: SecretData): void {
  const missing = "secretRef with github app data must be specified when provider is set to github";
  if (!secretRef) throw misconfigured(missing, "terminal");
  if (!data["githubAppID"]) throw misconfigured(missing, "retry");
}

function misconfigured(message: string, errorClass: "terminal" | "retry"): StepError {
  return new StepError(sourceReasons.invalidProviderConfiguration, message, {
    class: errorClass,
    condition: sourceConditionTypes.fetchFailed,
  });
}
