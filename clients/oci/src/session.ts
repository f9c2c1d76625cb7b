import type { Clock } from "@eddy/core/clock";
import { parseRetryAfter, type HttpClient, type HttpResponse } from "@eddy/http";
import type { Keychain, OciCallOptions, OciLimits, RegistryAuth } from "./client.ts";
import type { HostBudget } from "./host-budget.ts";
import { chooseChallenge, parseChallenges, type Challenge } from "./challenge.ts";
import { credentialError, exchangeError, ociError } from "./oci-error.ts";
import { isPrivateHost } from "./private-address.ts";
import { probe, type Endpoint } from "./probe.ts";
import { repositoryPath, type Repository } from "@eddy/core/image";
import { RegistryError } from "./registry-error.ts";
import { withRetries } from "./retry.ts";
import { fetchToken, type BearerToken } from "./token.ts";

/** One request to a repository. */
export interface SessionRequest extends OciCallOptions {
  /** Default `GET`. */
  readonly method?: string;
  /** Below the origin: `/v2/app/tags/list?n=100`. */
  readonly path: string;
  readonly repository: Repository;
  /** What it does there; `pull` by default. */
  readonly actions?: "pull" | "pull,push" | "delete";
  /** Another repository that it reads from. */
  readonly alsoPull?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes?: number;
  /** What counts as success; any other status throws. */
  readonly expect: readonly number[];
}

/** What a session needs. */
export interface SessionOptions {
  readonly http: HttpClient;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly limits: OciLimits;
  readonly timeoutMs: number;
  /** Shared by clients: what may be asked of a host. Absent: anything. */
  readonly budget?: HostBudget | undefined;
}

/** A conversation with one registry: its scheme, its challenge and its tokens are learned once. */
export interface Session {
  /** @throws RegistryError, EddyError OCI_CONNECT, OCI_PROTOCOL, the signal's reason. */
  send(request: SessionRequest): Promise<HttpResponse>;
  /** Where it is. */
  endpoint(signal?: AbortSignal): Promise<Endpoint>;
}

const maxErrorBytes = 64 * 1024;
const maxRedirects = 10;
const tokenSlackMs = 10_000;
const maxTokens = 1_000;

/** A session with nothing learned. */
export function createSession(registry: Pick<Repository, "registry" | "insecure">, options: SessionOptions): Session {
  const { http, keychain, clock, limits, timeoutMs, budget } = options;
  const tokens = new Map<string, BearerToken>();
  let known: Promise<Endpoint> | undefined;

  const endpoint = (signal?: AbortSignal): Promise<Endpoint> => {
    // A probe that failed, or that its caller gave up, is not kept.
    known ??= probe(registry, { http, clock, timeoutMs, signal }).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };

  const tokenFor = async (
    request: SessionRequest,
    { origin, challenge }: { origin: URL; challenge: Challenge },
    auth: RegistryAuth | undefined,
    extraScope?: string,
  ): Promise<string> => {
    const scopes = [...new Set([...scopesOf(request), ...(extraScope === undefined ? [] : [extraScope])])];
    const key = JSON.stringify([scopes, auth]);
    const now = clock.now();
    const cached = tokens.get(key);
    if (cached && extraScope === undefined && cached.expiresAt - tokenSlackMs > now) return cached.token;
    const { signal } = request;
    const fetched = await fetchToken({
      http,
      challenge,
      auth,
      scopes,
      origin,
      now,
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
    if (tokens.size >= maxTokens) tokens.clear();
    tokens.set(JSON.stringify([scopesOf(request), auth]), fetched);
    return fetched.token;
  };

  const loginFor = async (request: SessionRequest, at: Endpoint): Promise<RegistryAuth | undefined> => {
    try {
      return await keychain.resolve(request.repository, request.signal ? { signal: request.signal } : {});
    } catch (error) {
      throw credentialError(error, request.method ?? "GET", new URL(request.path, at.origin));
    }
  };

  /** Who was not asked for credentials is given them all the same: not every path of a registry is guarded as `/v2/` is. */
  const authorization = async (request: SessionRequest, at: Endpoint): Promise<string | undefined> => {
    const { challenge, origin } = at;
    const auth = await loginFor(request, at);
    if (auth?.registryToken) return `Bearer ${auth.registryToken}`;
    if (challenge?.scheme !== "bearer") return basicAuthorization(auth);
    return `Bearer ${await tokenFor(request, { origin, challenge }, auth)}`;
  };

  /** After a refusal: the challenge of the answer says which scope is missing. */
  const refreshed = async (request: SessionRequest, at: Endpoint, header: string): Promise<string | undefined> => {
    const challenge = chooseChallenge(parseChallenges(header));
    if (challenge?.scheme !== "bearer") return undefined;
    const auth = await loginFor(request, at);
    if (auth?.registryToken) return undefined;
    const scope = challenge.parameters["scope"] ?? scopesOf(request)[0] ?? "";
    return `Bearer ${await tokenFor(request, { origin: at.origin, challenge }, auth, scope)}`;
  };

  const attempt = async (request: SessionRequest): Promise<HttpResponse> => {
    const at = await endpoint(request.signal);
    const url = new URL(request.path, at.origin);
    const send = (credentials: string | undefined): Promise<Answer> => {
      const ask = (): Promise<Answer> => exchange(options, request, url, credentials);
      return budget ? budget.run(url.host, request.signal, ask) : ask();
    };
    const first = await send(await authorization(request, at));
    const challenge = first.response.headers["www-authenticate"];
    if (first.response.status !== 401 || challenge === undefined) return checked(request, first, options);
    const renewed = await refreshed(request, at, challenge);
    if (renewed === undefined) return checked(request, first, options);
    first.response.discard();
    return checked(request, await send(renewed), options);
  };

  return {
    endpoint,
    send: (request) => withRetries(() => attempt(request), { clock, limits, signal: request.signal }),
  };
}

function scopesOf({ repository, actions = "pull", alsoPull }: SessionRequest): string[] {
  if (repository.path === "") return [];
  const scope = `repository:${repositoryPath(repository)}:${actions === "pull,push" ? "push,pull" : actions}`;
  return alsoPull === undefined ? [scope] : [scope, `repository:${alsoPull}:pull`];
}

function basicAuthorization(auth: RegistryAuth | undefined): string | undefined {
  const { username, password } = auth ?? {};
  if (!username || !password) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

interface Answer {
  readonly response: HttpResponse;
  /** The method and address that were answered in the end. */
  readonly method: string;
  readonly url: URL;
}

/** Sends, and follows redirects: without credentials to another origin, never to a private address that was not asked for. */
async function exchange(
  { http, timeoutMs }: SessionOptions,
  request: SessionRequest,
  first: URL,
  authorization: string | undefined,
): Promise<Answer> {
  const method = request.method ?? "GET";
  const isRead = method === "GET" || method === "HEAD";
  let url = first;
  for (let hops = 0; ; hops++) {
    try {
      const response = await http.request(url, {
        method,
        headers: { ...request.headers },
        ...(authorization !== undefined && url.origin === first.origin ? { credentials: { authorization } } : {}),
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes }),
        ...(request.signal ? { signal: request.signal } : {}),
        decompress: false,
        maxRedirects: 0,
        timeoutMs,
      });
      const location = response.headers["location"];
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined && isRead;
      if (!isRedirect) return { response, method, url };
      response.discard();
      if (hops >= maxRedirects) throw ociError("OCI_PROTOCOL", `stopped after ${maxRedirects} redirects`);
      url = checkedRedirect(first, url, location);
    } catch (error) {
      throw exchangeError(error, method, url);
    }
  }
}

function checkedRedirect(first: URL, from: URL, location: string): URL {
  if (!URL.canParse(location, from.href))
    throw ociError("OCI_PROTOCOL", `redirect of ${from.origin}: no URL in Location`);
  const url = new URL(location, from);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw ociError("OCI_PROTOCOL", `redirect of ${from.origin}: refused the scheme ${JSON.stringify(url.protocol)}`);
  if (from.protocol === "https:" && url.protocol === "http:")
    throw ociError("OCI_PROTOCOL", `redirect of ${from.origin}: refused to leave https for http`);
  if (url.hostname !== first.hostname && isPrivateHost(url.hostname)) {
    const [source, target] = [JSON.stringify(first.hostname), JSON.stringify(url.hostname)];
    throw ociError(
      "OCI_PROTOCOL",
      `SSRF protection: redirect from ${source} to private/link-local host ${target} denied`,
    );
  }
  return url;
}

async function checked(
  request: SessionRequest,
  { response, method, url }: Answer,
  { clock, budget }: Pick<SessionOptions, "clock" | "budget">,
): Promise<HttpResponse> {
  if (request.expect.includes(response.status)) return response;
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], clock.now());
  // Whoever is told to wait waits for all: the next request of another object would be refused as well.
  if (retryAfterMs !== undefined && [429, 503].includes(response.status)) budget?.pause(url.host, retryAfterMs);
  throw new RegistryError({
    method,
    url,
    status: response.status,
    body: await errorBody(response),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** As much of an error's body as is worth reading: a page of a proxy is no reason to fail otherwise. */
async function errorBody(response: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxErrorBytes) break;
    }
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(chunks).toString("utf8").slice(0, maxErrorBytes);
}
