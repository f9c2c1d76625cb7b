import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { HttpClient, HttpResponse } from "@eddy/http";
import type { RegistryAuth } from "./client.ts";
import type { Challenge } from "./challenge.ts";
import { isPrivateHost } from "./private-address.ts";
import { RegistryError } from "./registry-error.ts";

/** A token, and when it ends. */
export interface BearerToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a token is asked for. */
export interface TokenRequest {
  readonly http: HttpClient;
  readonly challenge: Challenge;
  readonly auth: RegistryAuth | undefined;
  readonly scopes: readonly string[];
  /** Origin of the registry, as it is spoken to. */
  readonly origin: URL;
  readonly now: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const maxTokenBytes = 64 * 1024;
const maxRedirects = 10;
const defaultSeconds = 60;
const clientId = "eddy";

/**
 * Fetches a token where the challenge says: with a refresh token by OAuth2, else by GET with basic authentication, or anonymously.
 * Source: distribution specification "token" and "oauth2"; go-containerregistry `bearerTransport`.
 * @throws EddyError OCI_REALM for a token server that must not be asked; RegistryError when it refuses.
 */
export async function fetchToken(request: TokenRequest): Promise<BearerToken> {
  const realm = realmOf(request.challenge.parameters["realm"], request.origin);
  const response =
    request.auth?.identityToken === undefined
      ? await getToken(request, realm)
      : await exchangeIdentity(request, realm, request.auth.identityToken);
  const text = await response.text();
  return parseToken(text, request.now);
}

function realmOf(text: string | undefined, origin: URL): URL {
  if (text === undefined) throw badRealm("malformed www-authenticate, missing realm");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw badRealm(`invalid realm in www-authenticate: parsing realm ${JSON.stringify(text)}`);
  checkRealm(url, origin, "invalid realm in www-authenticate");
  return url;
}

function checkRealm(url: URL, origin: URL, doing: string): void {
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "http" && origin.protocol !== "http:")
    throw badRealm(`${doing}: realm scheme "http" not allowed for a secure registry; use https`);
  if (scheme !== "http" && scheme !== "https")
    throw badRealm(
      `${doing}: realm scheme ${JSON.stringify(scheme)} not allowed; must be https (or http for insecure registries)`,
    );
  if (url.host !== origin.host && isPrivateHost(url.hostname))
    throw badRealm(`${doing}: realm host ${JSON.stringify(url.hostname)} is a private or link-local address`);
}

function badRealm(message: string): EddyError {
  return new EddyError("OCI_REALM", message);
}

function getToken(request: TokenRequest, realm: URL): Promise<HttpResponse> {
  const url = new URL(realm);
  for (const scope of request.scopes) url.searchParams.append("scope", scope);
  url.searchParams.set("service", request.challenge.parameters["service"] ?? "");
  return ask(request, url, { method: "GET" });
}

async function exchangeIdentity(request: TokenRequest, realm: URL, identityToken: string): Promise<HttpResponse> {
  const form = new URLSearchParams({ scope: request.scopes.join(" ") });
  const service = request.challenge.parameters["service"];
  if (service !== undefined) form.set("service", service);
  form.set("client_id", clientId);
  form.set("grant_type", "refresh_token");
  form.set("refresh_token", identityToken);
  try {
    return await ask(request, realm, { method: "POST", body: form.toString() });
  } catch (error) {
    // Token servers without OAuth2 take the other way.
    if (error instanceof RegistryError && error.status === 404) return getToken(request, realm);
    throw error;
  }
}

async function ask(
  request: TokenRequest,
  first: URL,
  { method, body }: { method: string; body?: string },
): Promise<HttpResponse> {
  let url = first;
  for (let hops = 0; ; hops++) {
    const response = await request.http.request(url, {
      method,
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/x-www-form-urlencoded" } }),
      ...(url.origin === first.origin ? { credentials: basicOf(request.auth, body === undefined) } : {}),
      maxBytes: maxTokenBytes,
      maxRedirects: 0,
      timeoutMs: request.timeoutMs,
      idempotent: true,
      ...(request.signal ? { signal: request.signal } : {}),
    });
    const location = response.headers["location"];
    if (response.status < 300 || response.status > 399 || location === undefined || body !== undefined) {
      if (response.status === 200) return response;
      throw new RegistryError({ method, url, status: response.status, body: await response.text() });
    }
    response.discard();
    if (hops >= maxRedirects) throw badRealm(`stopped after ${maxRedirects} redirects`);
    if (!URL.canParse(location, url.href)) throw badRealm("refusing token-server redirect: the location is no URL");
    url = new URL(location, url);
    checkRealm(url, request.origin, `refusing token-server redirect to ${JSON.stringify(url.origin)}`);
  }
}

function basicOf(auth: RegistryAuth | undefined, wanted: boolean): Record<string, string> {
  const { username, password } = auth ?? {};
  if (!wanted || !username || !password) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

function parseToken(text: string, now: number): BearerToken {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const fields = isObject(value) ? value : {};
  const token = fields["access_token"] || fields["token"];
  if (typeof token !== "string" || token === "") throw badRealm("no token in bearer response");
  const seconds = Number(fields["expires_in"]);
  return { token, expiresAt: now + (seconds > 0 ? seconds : defaultSeconds) * 1000 };
}
