import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import { withoutUserInfo, type GitAuth, type GitProxy, type GitRemote } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { authFromSecret } from "./auth-from-secret.ts";
import { ownerKey } from "./owner.ts";
import type { Ports } from "./ports.ts";
import type { SecretData } from "./secret-store.ts";

const defaultTimeout = "60s";
const fetchFailed = sourceConditionTypes.fetchFailed;

/**
 * The remote that the object names, with its credentials and proxy.
 * @throws StepError URLInvalid (terminal), AuthenticationFailed, InvalidProviderConfiguration (retry).
 */
export async function resolveAccess(object: GitRepository, ports: Ports): Promise<GitRemote> {
  const proxy = await resolveProxy(object, ports);
  const url = parseUrl(object.spec.url);
  const auth = await resolveAuth(object, url, ports);
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

async function resolveProxy(object: GitRepository, ports: Ports): Promise<GitProxy | undefined> {
  const name = object.spec.proxySecretRef?.name;
  if (name === undefined) return undefined;
  const namespace = object.metadata.namespace ?? "";
  try {
    const data = await ports.secrets.read(namespace, name);
    const { address, username, password } = data;
    if (!address) throw new Error(`secret '${namespace}/${name}': key 'address' not found`);
    register(ports.masker, { password });
    return { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
  } catch (cause) {
    throw new StepError(sourceReasons.authenticationFailed, `failed to configure proxy options: ${messageOf(cause)}`, {
      cause,
      condition: fetchFailed,
    });
  }
}

async function resolveAuth(object: GitRepository, url: URL, ports: Ports): Promise<GitAuth> {
  const namespace = object.metadata.namespace ?? "";
  const name = object.spec.secretRef?.name;
  const data = name === undefined ? {} : await readSecret(namespace, name, ports);
  if (data["githubAppID"]) {
    throw new StepError(
      sourceReasons.invalidProviderConfiguration,
      `secretRef '${namespace}/${name}' has github app data but provider is not set to github`,
      { condition: fetchFailed },
    );
  }
  try {
    const auth = authFromSecret(url, data, `${namespace}/${name ?? ""}`);
    register(ports.masker, { ...auth, urlPassword: decodeURIComponent(url.password) });
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

async function readSecret(namespace: string, name: string, ports: Ports): Promise<SecretData> {
  try {
    return await ports.secrets.read(namespace, name);
  } catch (cause) {
    const doing = `failed to get secret '${namespace}/${name}'`;
    throw new StepError(sourceReasons.authenticationFailed, `${doing}: ${doing}: ${messageOf(cause)}`, {
      cause,
      class: "retry",
      condition: fetchFailed,
    });
  }
}

/** Public by nature: masking them would only garble messages. */
const notSecret: ReadonlySet<string> = new Set(["username", "caCert", "clientCert", "knownHosts"]);

function register(masker: Masker, values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) if (value && !notSecret.has(name)) masker.register(value);
}
