import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { withoutUserInfo, type GitAuth, type GitRemote } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import type { HttpProxy } from "@eddy/http";
import { readSecret } from "../access/read-secret.ts";
import { registerSecrets } from "@eddy/runtime/registry-access";
import { requireWorkloadIdentity } from "../access/require-workload-identity.ts";
import { resolveProxy } from "../access/resolve-proxy.ts";
import { ownerKey } from "../source/owner.ts";
import { authFromSecret } from "./auth-from-secret.ts";
import type { Ports } from "./ports.ts";
import { providerLogin } from "./provider-login.ts";

const defaultTimeout = "60s";
const fetchFailed = sourceConditionTypes.fetchFailed;

/**
 * The remote that the object names, with its credentials and proxy.
 * @throws StepError URLInvalid, FeatureGateDisabled (terminal), AuthenticationFailed, InvalidProviderConfiguration (retry).
 */
export async function resolveAccess(object: GitRepository, ports: Ports): Promise<GitRemote> {
  requireWorkloadIdentity(object.spec, ports);
  const proxy = await resolveProxy(object, ports);
  const url = parseUrl(object.spec.url);
  const auth = await resolveAuth(object, { url, proxy }, ports);
  const options = {
    auth,
    timeoutMs: parseDuration(object.spec.timeout ?? defaultTimeout),
    ...(proxy ? { proxy } : {}),
  };
  try {
    return ports.remotes.open(ownerKey(object), object.spec.url, options);
  } catch (cause) {
    throw new StepError(sourceReasons.gitOperationFailed, `failed to create Git client: ${messageOf(cause)}`, {
      cause,
      condition: fetchFailed,
    });
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:", "ssh:"].includes(url.protocol)) return url;
  const named = withoutUserInfo(text);
  throw new StepError(sourceReasons.urlInvalid, `failed to parse url '${named}': want http://, https:// or ssh://`, {
    class: "terminal",
    condition: fetchFailed,
  });
}

async function resolveAuth(
  object: GitRepository,
  { url, proxy }: { url: URL; proxy: HttpProxy | undefined },
  ports: Ports,
): Promise<GitAuth> {
  const namespace = object.metadata.namespace ?? "";
  const name = object.spec.secretRef?.name;
  const data = name === undefined ? {} : await readSecret(object, name, ports);
  if (data["githubAppID"] && object.spec.provider !== "github") {
    throw new StepError(
      sourceReasons.invalidProviderConfiguration,
      `secretRef '${namespace}/${name}' has github app data but provider is not set to github`,
      { condition: fetchFailed },
    );
  }
  try {
    const own = authFromSecret(url, data, `${namespace}/${name ?? ""}`);
    const auth = { ...own, ...(await providerLogin(object, { url, data, proxy }, ports)) };
    registerSecrets(ports.masker.of(namespace), { ...auth, urlPassword: decodeURIComponent(url.password) });
    return auth;
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw new StepError(
      sourceReasons.authenticationFailed,
      `failed to configure authentication options: ${messageOf(cause)}`,
      { cause, condition: fetchFailed },
    );
  }
}
