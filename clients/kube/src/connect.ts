import type { OutgoingHttpHeaders } from "node:http";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { KubeClient } from "./client.ts";
import type { ConnectOptions, Fence } from "./connect-options.ts";
import { createDiscovery, type Discovery } from "./discovery/discovery.ts";
import type { KubeConfig } from "./kubeconfig/kube-config.ts";
import { impersonationHeaders } from "./rest/impersonation-headers.ts";
import { readVerbs } from "./rest/read-verbs.ts";
import { createRequester } from "./rest/requester.ts";
import { writeVerbs } from "./rest/write-verbs.ts";
import { createExchange, type Exchange } from "./transport/exchange.ts";
import { rateLimit } from "./transport/rate-limit.ts";
import { createTransport, type Transport } from "./transport/transport.ts";

const defaultUserAgent = "eddy/0.1.0";

/** What all clients of one connection share. */
interface Connection {
  transport: Transport;
  exchange: Exchange;
  discovery: Discovery;
  userAgent: string;
  fence: Fence | undefined;
}

/**
 * A client for the server and the identity of a kubeconfig. Nothing is sent until the first call.
 * @throws EddyError KUBECONFIG_INVALID, IMPERSONATION_INVALID (terminal).
 */
export function connect(config: KubeConfig, options: ConnectOptions = {}): KubeClient {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLogger;
  const transport = createTransport(config, {
    timeoutMs: options.timeoutMs ?? 60_000,
    maxSockets: options.maxSockets ?? 32,
    refusesMetadata: options.refusesMetadata ?? false,
    clock,
  });
  const exchange = createExchange(transport, {
    limit: options.qps === undefined ? undefined : rateLimit(options.qps, options.burst ?? options.qps, clock),
    maxRetries: options.maxRetries ?? 9,
    maxRetryAfterMs: options.maxRetryAfterMs ?? 30_000,
    clock,
    log,
    fence: options.fence,
  });
  const userAgent = options.userAgent ?? defaultUserAgent;
  const impersonation = config.user.impersonate ? impersonationHeaders(config.user.impersonate) : {};
  const discovery = createDiscovery(exchange, { "user-agent": userAgent, ...impersonation }, log);
  return clientOf({ transport, exchange, discovery, userAgent, fence: options.fence }, impersonation);
}

function clientOf(connection: Connection, impersonation: OutgoingHttpHeaders): KubeClient {
  const { transport, exchange, discovery, userAgent } = connection;
  const headers = { "user-agent": userAgent, ...impersonation };
  const requester = createRequester(exchange, discovery, headers);
  return {
    server: transport.server,
    fence: connection.fence,
    ...readVerbs(requester),
    ...writeVerbs(requester),
    resourceFor: (kind, { force = false } = {}) => discovery.resourceFor(kind, { force }),
    resources: () => discovery.resources(),
    version: async () =>
      (await requester.call({ method: "GET", path: "/version" })) as Awaited<ReturnType<KubeClient["version"]>>,
    raw: (method, path, { body, headers: extra, signal } = {}) =>
      exchange.send({
        method,
        path,
        headers: { ...headers, ...extra },
        signal,
        ...(body === undefined ? {} : { body }),
      }),
    impersonate: (whom) => clientOf(connection, impersonationHeaders(whom)),
    close: () => transport.close(),
  };
}
