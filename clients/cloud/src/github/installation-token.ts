import { trimRight } from "@eddy/core/trim";
import { CloudError, isCloudError } from "../errors.ts";
import { parsePrivateKey, signJwt } from "../jwt.ts";
import type { CloudPorts } from "../ports.ts";
import { exchangeJson, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

/** A GitHub App where it is installed. */
export interface GitHubApp {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** Exactly one of the two. */
  readonly installationId?: number;
  readonly installationOwner?: string;
  /** Of an enterprise server; used as it is. Default GitHub itself. */
  readonly baseUrl?: string;
}

/** The user that goes with an installation's token as a password. */
export const gitHubTokenUser = "x-access-token";

type Fields = Readonly<Record<string, string | undefined>>;

/** Reads an app from the keys of a Secret. @throws CloudError configuration in upstream's words. Source: fluxcd/pkg/auth/githubapp. */
export function parseGitHubApp(data: Fields): GitHubApp {
  const [appId, installationId] = [numberOf(data["githubAppID"]), numberOf(data["githubAppInstallationID"])];
  const owner = data["githubAppInstallationOwner"] ?? "";
  const privateKey = data["githubAppPrivateKey"] ?? "";
  const method = "to use github app authentication";
  if (appId === 0) throw new CloudError("configuration", `app ID must be provided ${method}`);
  if (owner === "" && installationId === 0)
    throw new CloudError("configuration", `app installation owner or ID must be provided ${method}`);
  if (owner !== "" && installationId !== 0)
    throw new CloudError("configuration", `only one of app installation owner or ID must be provided ${method}`);
  if (privateKey === "") throw new CloudError("configuration", `private key must be provided ${method}`);
  const baseUrl = data["githubAppBaseURL"] ?? "";
  if (baseUrl !== "" && !/^https?:\/\//.test(baseUrl))
    throw new CloudError("configuration", "invalid API URL: want http:// or https://");
  return {
    appId,
    privateKey,
    ...(owner === "" ? { installationId } : { installationOwner: owner }),
    ...(baseUrl === "" ? {} : { baseUrl: trimRight(baseUrl, "/") }),
  };
}

function numberOf(text: string | undefined): number {
  return /^\d{1,15}$/.test(text?.trim() ?? "") ? Number(text) : 0;
}

/** A token of the installation, for an hour. @throws CloudError */
export async function gitHubInstallationToken(ports: CloudPorts, app: GitHubApp): Promise<CloudToken> {
  const base = app.baseUrl ?? "https://api.github.com";
  const key = parsePrivateKey(app.privateKey, "the GitHub App");
  // GitHub refuses times from the future: half a minute for clocks that differ.
  const issuedAt = Math.floor(ports.clock.now() / 1000) - 30;
  const jwt = signJwt(key, { iat: issuedAt, exp: issuedAt + 120, iss: String(app.appId) });
  const request = {
    headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
    credentials: { authorization: `Bearer ${jwt}` },
  };
  const id = app.installationId ?? (await findInstallation(ports, base, app.installationOwner ?? "", request));
  const doing = "create a GitHub App installation token";
  const answer = await exchangeJson(ports, `${base}/app/installations/${id}/access_tokens`, {
    ...request,
    doing,
    method: "POST",
  });
  const expiresAtMs = Date.parse(textField(answer, "expires_at", doing));
  return { value: textField(answer, "token", doing), expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : 0 };
}

interface GitHubRequest {
  headers: Record<string, string>;
  credentials: Record<string, string>;
}

async function findInstallation(
  ports: CloudPorts,
  base: string,
  owner: string,
  request: GitHubRequest,
): Promise<number> {
  const failures: string[] = [];
  for (const [what, path] of [
    ["organization", "orgs"],
    ["user", "users"],
  ] as const) {
    const doing = `failed to find ${what} installation`;
    try {
      const url = `${base}/${path}/${encodeURIComponent(owner)}/installation`;
      const answer = await exchangeJson(ports, url, { ...request, doing });
      if (Number.isSafeInteger(answer["id"])) return answer["id"] as number;
      failures.push(`${doing}: the answer has no "id"`);
    } catch (error) {
      if (!isCloudError(error, "refused")) throw error;
      failures.push(error.message);
    }
  }
  throw new CloudError("refused", failures.join("; "));
}
