import type { ImageUpdateAutomation } from "@eddy/api";
import { parseGitHubApp } from "@eddy/cloud";
import { messageOf } from "@eddy/core/errors";
import type { ForgeAccess } from "@eddy/forge";
import { createHttpClient } from "@eddy/http";
import type { SecretData } from "@eddy/runtime/registry-access";
import type { Ports } from "../ports.ts";
import type { UpdateSource } from "../resolve-source.ts";
import { unavailable } from "../resolve-target.ts";
import { invalid, type ReviewSettings } from "./settings.ts";

/** A forge that can be asked, until it is closed. */
export interface OpenForge extends ForgeAccess {
  close(): void;
}

/**
 * Opens the forge: with the token of the Secret that the automation names, else with what the repository is reached with, and then only
 * on the repository's own host.
 * @throws StepError InvalidPullRequestConfiguration (terminal), SourceManagerFailed (retry)
 */
export async function openForge(
  { metadata }: ImageUpdateAutomation,
  settings: ReviewSettings,
  source: UpdateSource,
  ports: Ports,
): Promise<Omit<OpenForge, "signal">> {
  const { auth, proxy } = source.open;
  const { secretName } = settings;
  const data = secretName === undefined ? undefined : await readSecret(metadata.namespace ?? "", secretName, ports);
  const caCert = data === undefined ? auth?.caCert : data["ca.crt"] || data["caFile"];
  const token =
    data === undefined ? ownToken(settings, source) : await tokenOf(data, { secretName, caCert, source }, ports);
  ports.masker.of(metadata.namespace).register(token);
  const http = createHttpClient({
    clock: ports.clock,
    ...(caCert ? { caCert } : {}),
    ...(proxy ? { proxy } : {}),
  });
  return { http, token, close: () => http.close() };
}

async function readSecret(namespace: string, name: string, { secrets }: Ports): Promise<SecretData> {
  return secrets.read(namespace, name).catch((cause: unknown) => {
    throw unavailable(`could not read the forge's secret '${name}': ${messageOf(cause)}`, cause);
  });
}

/** The keys of a notification's Provider: a token, else a password, else a GitHub App. */
async function tokenOf(
  data: SecretData,
  { secretName, caCert, source }: { secretName: string | undefined; caCert: string | undefined; source: UpdateSource },
  { login }: Ports,
): Promise<string> {
  const given = data["token"] || data["password"];
  if (given) return given.trim();
  if (!data["githubAppID"]) throw unavailable(`the forge's secret '${secretName ?? ""}' has no 'token'`);
  const { proxy } = source.open;
  const way = { ...(proxy ? { proxy } : {}), ...(caCert ? { caCert } : {}) };
  try {
    return (await login.gitHubApp(parseGitHubApp(data), way)).value;
  } catch (cause) {
    throw unavailable(`could not log in with the forge's secret '${secretName ?? ""}': ${messageOf(cause)}`, cause);
  }
}

/** Who may write automations is not to be shown what the repository is reached with, by an API elsewhere. */
function ownToken({ forge }: ReviewSettings, { url, open }: UpdateSource): string {
  const token = open.auth?.password ?? open.auth?.bearerToken;
  const [repository, api] = [new URL(url), new URL(forge.api)];
  const isOwnHost = api.origin === repository.origin || api.origin === wellKnownApi(repository);
  if (token && isOwnHost) return token;
  const why = token ? `${api.host} is another host than the repository's` : "the repository is reached without a token";
  throw invalid(`pull requests want a token of the forge, in a Secret that eddy.sh/forge-secret names: ${why}`);
}

function wellKnownApi({ origin }: URL): string | undefined {
  return origin === "https://github.com" ? "https://api.github.com" : undefined;
}
