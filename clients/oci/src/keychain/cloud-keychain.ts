import { systemClock, type Clock } from "@eddy/core/clock";
import { isObject } from "@eddy/core/json";
import { sha256 } from "@eddy/core/digest";
import { signAwsRequest, type CloudLogin, type LoginOptions } from "@eddy/cloud";
import { createHttpClient, expectSuccess, type HttpClient } from "@eddy/http";
import type { Keychain, RegistryAuth } from "../client.ts";
import { ociError } from "../oci-error.ts";
import { parseCloudRegistry, type CloudProvider, type CloudRegistry } from "./cloud-registry.ts";

/** Options of {@link cloudKeychain}. */
export interface CloudKeychainOptions extends LoginOptions {
  readonly provider: CloudProvider;
  readonly login: CloudLogin;
  readonly clock?: Clock;
  /** Told each password: what must be masked. */
  readonly onSecret?: (secret: string) => void;
  /** Where tokens are exchanged, in place of the cloud's own addresses: for tests. */
  readonly endpoints?: { readonly ecr?: string; readonly acr?: string };
}

type Login = RegistryAuth & { readonly expiresAt: number };

const slackMs = 60_000;
const acrScope = "https://containerregistry.azure.net/.default";
const acrUser = "00000000-0000-0000-0000-000000000000";
const gcpUser = "oauth2accesstoken";
const maxBytes = 256 * 1024;

/**
 * Logins to a cloud's registries: ECR's authorization token, Artifact Registry's access token, ACR's refresh token. Kept until shortly
 * before they end. Source: fluxcd/pkg/auth `NewArtifactRegistryCredentials`.
 * @throws EddyError CLOUD_REGISTRY for a host that is not the cloud's; CloudError; HttpError.
 */
export function cloudKeychain(options: CloudKeychainOptions): Keychain {
  const { clock = systemClock } = options;
  const known = new Map<string, Promise<Login>>();
  return {
    async resolve({ registry: host }) {
      const current = await known.get(host)?.catch(() => undefined);
      if (current && current.expiresAt - slackMs > clock.now()) return current;
      const registry = parseCloudRegistry(options.provider, host);
      const fetched = fetchLogin(registry, options, clock);
      known.set(host, fetched);
      const login = await fetched;
      if (login.password !== undefined) options.onSecret?.(login.password);
      return login;
    },
  };
}

async function fetchLogin(registry: CloudRegistry, options: CloudKeychainOptions, clock: Clock): Promise<Login> {
  const { login, serviceAccount, proxy } = options;
  const asked = { ...(serviceAccount ? { serviceAccount } : {}), ...(proxy ? { proxy } : {}) };
  if (registry.provider === "gcp") {
    const { value, expiresAtMs } = await login.gcp(asked);
    return { username: gcpUser, password: value, expiresAt: expiresAtMs };
  }
  const http = createHttpClient({ clock, ...(proxy ? { proxy } : {}) });
  try {
    if (registry.provider === "azure") {
      const token = await login.azure(acrScope, asked);
      return await exchangeAcr(http, registry.host, token.value, options.endpoints?.acr);
    }
    const credentials = await login.aws({ ...asked, region: registry.region });
    return await authorizeEcr(http, registry, { credentials, nowMs: clock.now() }, options.endpoints?.ecr);
  } finally {
    http.close();
  }
}

async function exchangeAcr(
  http: HttpClient,
  host: string,
  token: string,
  endpoint: string | undefined,
): Promise<Login> {
  const form = new URLSearchParams({ grant_type: "access_token", service: host, access_token: token });
  const response = await http.request(`${endpoint ?? `https://${host}`}/oauth2/exchange`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    maxBytes,
    maxRedirects: 0,
  });
  const answer = parseAnswer(await (await expectSuccess(response, `log in to ${host}`)).text(), host);
  const password = textOf(answer["refresh_token"], host);
  return { username: acrUser, password, expiresAt: expiryOf(password) };
}

/** `exp` of a token whose signature is the registry's business; none: it is asked for again at once. */
function expiryOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const seconds = isObject(claims) ? Number(claims["exp"]) : Number.NaN;
    return Number.isFinite(seconds) ? seconds * 1000 : 0;
  } catch {
    return 0;
  }
}

async function authorizeEcr(
  http: HttpClient,
  { region, isPublic, dnsSuffix }: Extract<CloudRegistry, { provider: "aws" }>,
  { credentials, nowMs }: { credentials: Awaited<ReturnType<CloudLogin["aws"]>>; nowMs: number },
  endpoint: string | undefined,
): Promise<Login> {
  const service = isPublic ? "ecr-public" : "ecr";
  const url = new URL(endpoint ?? `https://api.${service}.${region}.${dnsSuffix}/`);
  const body = "{}";
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": isPublic
      ? "SpencerFrontendService.GetAuthorizationToken"
      : "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
  };
  const request = { method: "POST", url, headers, bodySha256: sha256(body) };
  const { host: _, ...signed } = signAwsRequest(request, { credentials, region, service, nowMs });
  const response = await http.request(url, {
    method: "POST",
    headers: { ...headers, ...signed },
    body,
    maxBytes,
    maxRedirects: 0,
  });
  const answer = parseAnswer(await (await expectSuccess(response, `log in to ECR in ${region}`)).text(), "ECR");
  const data = answer["authorizationData"];
  const first: unknown = Array.isArray(data) ? data[0] : data;
  if (!isObject(first)) throw ociError("OCI_PROTOCOL", "log in to ECR: no authorization data returned");
  const pair = Buffer.from(textOf(first["authorizationToken"], "ECR"), "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) throw ociError("OCI_PROTOCOL", "log in to ECR: invalid authorization token format");
  const expiresAt = Number(first["expiresAt"]) * 1000;
  return {
    username: pair.slice(0, colon),
    password: pair.slice(colon + 1),
    expiresAt: Number.isFinite(expiresAt) ? expiresAt : 0,
  };
}

function parseAnswer(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Its text may hold a secret.
  }
  throw ociError("OCI_PROTOCOL", `log in to ${where}: the answer is no JSON object`);
}

function textOf(value: unknown, where: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw ociError("OCI_PROTOCOL", `log in to ${where}: the answer has no token`);
}
