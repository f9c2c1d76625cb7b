import { parseGitHubApp } from "@eddy/cloud";
import { EddyError } from "@eddy/core/errors";
import { createForgeClient, type ForgeClient } from "./forge-client.ts";
import type { SendPorts } from "./provider-type.ts";
import { parseRepositoryAddress, partsOf } from "./repository-address.ts";
import type { ProviderSettings } from "./settings.ts";

/** GitHub's API, and the repository's path in it. */
export interface GitHubRepository {
  client: ForgeClient;
  /** `/repos/<owner>/<repository>`. */
  path: string;
  /** Logged in as an app's installation, and not as a user. */
  isApp: boolean;
}

/** Opens the repository of the address, as a token or an app. GitHub's own API, or that of an enterprise's server. */
export async function openGitHub(settings: ProviderSettings, ports: SendPorts): Promise<GitHubRepository> {
  const address = parseRepositoryAddress(settings.address);
  const [owner, repository] = partsOf(address, 2);
  const given = settings.token || settings.password;
  const token = given || (await appToken(settings, ports));
  const { host } = new URL(address.host);
  const client = createForgeClient(
    host === "github.com" ? "https://api.github.com" : `${address.host}/api/v3`,
    { authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" },
    ports,
  );
  return { client, path: `/repos/${owner}/${repository}`, isApp: given === "" };
}

async function appToken({ secret, connection }: ProviderSettings, { login }: SendPorts): Promise<string> {
  if (secret["githubAppID"] === undefined) {
    throw new EddyError("PROVIDER_SETTINGS", "github token or github app details must be specified", {
      class: "terminal",
    });
  }
  const { proxy, caCert } = connection;
  const options = { ...(proxy === undefined ? {} : { proxy }), ...(caCert === undefined ? {} : { caCert }) };
  return (await login.gitHubApp(parseGitHubApp(secret), options)).value;
}
