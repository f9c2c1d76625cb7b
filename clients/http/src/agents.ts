import { X509Certificate } from "node:crypto";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { messageOf } from "@eddy/core/errors";
import { environmentProxy } from "./environment-proxy.ts";
import { HttpError } from "./errors.ts";
import type { HttpClientOptions, HttpIdentity } from "./http-client.ts";
import { lookupElsewhere, refuseMetadataHost } from "./metadata-addresses.ts";
import { parseProxy, type ProxyTarget } from "./proxy.ts";
import { throughProxy } from "./tunnel.ts";

/** Starts requests on kept connections. */
export interface Agents {
  /** A request to the URL; through a proxy for plain HTTP, its path is the absolute URL. */
  start(url: URL, options: { method: string; headers: Record<string, string> }): http.ClientRequest;
  /** For who makes the request himself. @throws HttpError configuration for plain HTTP through a proxy, which forwards whole requests only */
  agentFor(url: URL): http.Agent;
  close(): void;
}

/**
 * Agents for plain HTTP, for HTTPS, and for HTTPS to the origin that sees the client certificate, by the way that leads there. They
 * exist once needed.
 * @throws HttpError configuration: of a given proxy at once, of the environment's and of certificates at the first request
 */
export function createAgents(options: HttpClientOptions): Agents {
  const given = options.proxy && parseProxy(options.proxy);
  const inEnvironment = environmentProxy(options.env ?? process.env);
  const ways = new Map<string, Agents>();
  const wayTo = (url: URL): Agents => {
    const named = given || options.direct ? undefined : inEnvironment(url);
    const key = named?.address ?? "";
    const way = ways.get(key) ?? (named ? createWay(options, parseProxy(named), true) : createWay(options, given));
    ways.set(key, way);
    return way;
  };
  return {
    start: (url, request) => wayTo(url).start(url, request),
    agentFor: (url) => wayTo(url).agentFor(url),
    close() {
      for (const way of ways.values()) way.close();
    },
  };
}

/** `isOperators`: the environment names the proxy, which may then be anywhere. One that an object names is judged as any address. */
function createWay(options: HttpClientOptions, via: ProxyTarget | undefined, isOperators = false): Agents {
  const guarded = !options.reachesMetadata && !isOperators;
  if (via && guarded) refuseMetadataHost(via.url);
  // Of all sockets: to the proxy where there is one, else to the host itself.
  const lookup = guarded ? { lookup: lookupElsewhere } : {};
  const maxSockets = options.maxConnections ?? 16;
  const pool = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets, timeout: 90_000, ...lookup };
  const closing: (() => void)[] = [];
  const kept = <A extends http.Agent>(agent: A): A => {
    closing.push(() => agent.destroy());
    return agent;
  };
  const secureAgent = (identity?: HttpIdentity): https.Agent => {
    const inside = secrecyOf(options, identity);
    const agent = kept(new https.Agent({ ...pool, ...inside }));
    if (via) closing.push(throughProxy(agent, via, { trust: secrecyOf(options), inside, lookup }).close);
    return agent;
  };
  const plain = lazy(() => kept(new http.Agent(pool)));
  const secure = lazy(() => secureAgent());
  const identified = lazy(() => secureAgent(options.identity));
  const secureProxy = lazy(() => kept(new https.Agent({ ...pool, ...secrecyOf(options) })));
  const agentFor = (url: URL): http.Agent => {
    if (!options.reachesMetadata) refuseMetadataHost(url);
    if (url.protocol === "https:") return url.origin === options.identity?.origin ? identified() : secure();
    if (!via) return plain();
    throw new HttpError("configuration", `a connection to ${url.origin} through a proxy needs TLS`);
  };
  return {
    agentFor,
    start(url, request) {
      if (url.protocol === "https:") return https.request(url, { ...request, agent: agentFor(url) });
      if (!via) return http.request(url, { ...request, agent: agentFor(url) });
      if (!options.reachesMetadata) refuseMetadataHost(url);
      return via.url.protocol === "https:"
        ? https.request(via.url, { ...forwarded(url, request, via), agent: secureProxy() })
        : http.request(via.url, { ...forwarded(url, request, via), agent: plain() });
    },
    close() {
      for (const close of closing.splice(0)) close();
    },
  };
}

function forwarded(
  url: URL,
  { method, headers }: { method: string; headers: Record<string, string> },
  via: ProxyTarget,
): http.RequestOptions {
  return {
    method,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers, ...via.headers },
  };
}

/** One context for all connections: node would otherwise put every PEM into the name of the pool, for each request. */
function secrecyOf({ caCert, insecureSkipVerify }: HttpClientOptions, identity?: HttpIdentity): tls.ConnectionOptions {
  const unverified = insecureSkipVerify ? { rejectUnauthorized: false } : {};
  if (caCert === undefined && !identity) return unverified;
  try {
    // OpenSSL passes over what is no certificate, and the server would then be to blame.
    if (caCert !== undefined) void new X509Certificate(caCert);
    const secureContext = tls.createSecureContext({
      ...(caCert === undefined ? {} : { ca: [...tls.getCACertificates("default"), caCert] }),
      ...(identity ? { cert: identity.cert, key: identity.key } : {}),
    });
    return { ...unverified, secureContext };
  } catch (cause) {
    throw new HttpError("configuration", `configure TLS: ${messageOf(cause)}`, { cause });
  }
}

function lazy<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= create());
}
