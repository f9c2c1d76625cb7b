import { readFile } from "node:fs/promises";
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Clock } from "@eddy/core/clock";
import type { ClusterConfig, KubeConfig } from "../kubeconfig/kube-config.ts";
import { KubeConnectionError } from "../errors.ts";
import { credentialsOf, type Identity } from "./credentials.ts";
import { connectionError } from "./connection-error.ts";
import { tunnelThrough } from "./proxy-tunnel.ts";

/** A request below the server's root. */
export interface TransportRequest {
  method: string;
  /** Begins with `/`. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: string;
  signal?: AbortSignal | undefined;
  /** `fresh`: on a connection of its own; `stream`: the same, and only its headers are due in time. Default `kept`. */
  connection?: "kept" | "fresh" | "stream";
}

export interface TransportResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Speaks HTTP/1.1 with one API server as one identity. Throws KubeConnectionError, or the signal's reason. */
export interface Transport {
  readonly server: string;
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Resolves with the headers; the body is the caller's to read or destroy. */
  open(request: TransportRequest): Promise<IncomingMessage>;
  close(): void;
}

/** Options of {@link createTransport}. */
export interface TransportOptions {
  timeoutMs: number;
  maxSockets: number;
  clock: Clock;
}

const maxBodyBytes = 256 * 1024 * 1024;
/** kube-apiserver closes idle connections after 90 s; leave first, so that no request meets a closing socket. */
const idleSocketMs = 55_000;
const tcpKeepAliveMs = 15_000;

/** Kept connections for requests, fresh ones for watches; both end when the client certificate changes. */
interface Agents {
  certificate: Identity["certificate"];
  kept: HttpAgent;
  fresh: HttpAgent;
}

/** A transport; connects on first use. */
export function createTransport(config: KubeConfig, options: TransportOptions): Transport {
  const base = parseServer(config.cluster.server);
  const credentials = credentialsOf(config, options.clock);
  const sendOver = base.protocol === "https:" ? httpsRequest : httpRequest;
  const running = new Set<ClientRequest>();
  let agents: Agents | undefined;
  let pendingCa: Promise<string | undefined> | undefined;
  let closed = false;

  const agentsFor = async (identity: Identity): Promise<Agents> => {
    const ca = await (pendingCa ??= readCa(config.cluster));
    if (agents && sameCertificate(agents.certificate, identity.certificate)) return agents;
    agents?.kept.destroy();
    return (agents = createAgents(config.cluster, base, identity.certificate, ca, options));
  };

  const start = (request: TransportRequest, identity: Identity, using: Agents): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      if (request.signal?.aborted) return reject(request.signal.reason as Error);
      const headers = request.headers;
      if (identity.authorization !== undefined) headers["authorization"] = identity.authorization;
      if (request.body !== undefined) headers["content-length"] = Buffer.byteLength(request.body);
      const outgoing = sendOver({
        host: base.host,
        port: base.port,
        method: request.method,
        path: base.prefix + request.path,
        headers,
        agent: request.connection === undefined || request.connection === "kept" ? using.kept : using.fresh,
      });
      running.add(outgoing);
      const onAbort = (): void => void outgoing.destroy(request.signal?.reason as Error);
      request.signal?.addEventListener("abort", onAbort, { once: true });
      const cancelTimer = options.clock.after(options.timeoutMs, () =>
        outgoing.destroy(
          new KubeConnectionError(
            `${request.method} ${config.cluster.server}: no answer within ${options.timeoutMs} ms`,
            undefined,
            "Timeout",
          ),
        ),
      );
      outgoing.once("response", (response) => {
        if (request.connection === "stream") cancelTimer();
        resolve(response);
      });
      outgoing.once("close", () => {
        running.delete(outgoing);
        cancelTimer();
        request.signal?.removeEventListener("abort", onAbort);
      });
      outgoing.on("error", (error) => reject(translate(error, request, outgoing.reusedSocket)));
      outgoing.end(request.body);
    });

  const translate = (error: Error, request: TransportRequest, reused = false): Error =>
    request.signal?.aborted ? (request.signal.reason as Error) : connectionError(error, config.cluster.server, reused);

  const open = async (request: TransportRequest): Promise<IncomingMessage> => {
    if (closed) throw new KubeConnectionError(`connect to ${config.cluster.server}: the client was closed`);
    let identity = credentials.current();
    if (identity instanceof Promise) identity = await identity;
    const using =
      agents && sameCertificate(agents.certificate, identity.certificate) ? agents : await agentsFor(identity);
    const response = await start(request, identity, using);
    if (response.statusCode === 401 && credentials.refused()) {
      response.resume();
      const renewed = await credentials.current();
      return start(request, renewed, await agentsFor(renewed));
    }
    return response;
  };

  return {
    server: config.cluster.server,
    open,
    async send(request) {
      const response = await open(request);
      try {
        return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response) };
      } catch (error) {
        throw translate(error as Error, request);
      }
    },
    close() {
      closed = true;
      for (const outgoing of running)
        outgoing.destroy(
          new KubeConnectionError(`talk to ${config.cluster.server}: the client was closed`, undefined, "Cut"),
        );
      agents?.kept.destroy();
      agents?.fresh.destroy();
    },
  };
}

/** The whole body as text, at most {@link maxBodyBytes}. */
export function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBodyBytes)
        response.destroy(
          new KubeConnectionError(`read the answer: more than ${maxBodyBytes} bytes`, undefined, "TooLarge"),
        );
    });
    response.once("end", () =>
      resolve(
        chunks.length === 1 ? (chunks[0] as Buffer).toString("utf8") : Buffer.concat(chunks, bytes).toString("utf8"),
      ),
    );
    response.once("error", reject);
    response.once("close", () => {
      if (!response.complete)
        reject(new KubeConnectionError("read the answer: the connection was cut", undefined, "Cut"));
    });
  });
}

function createAgents(
  cluster: ClusterConfig,
  base: ServerAddress,
  certificate: Identity["certificate"],
  ca: string | undefined,
  options: TransportOptions,
): Agents {
  const kept = {
    keepAlive: true,
    keepAliveMsecs: tcpKeepAliveMs,
    maxSockets: options.maxSockets,
    maxFreeSockets: options.maxSockets,
    timeout: idleSocketMs,
  };
  const fresh = { keepAlive: false };
  const create = (pool: typeof kept | typeof fresh): HttpAgent => {
    const agent =
      base.protocol === "https:"
        ? new HttpsAgent({ ...pool, ...tlsOptions(cluster, base, secureContext(certificate, ca)) })
        : new HttpAgent(pool);
    if (cluster.proxyUrl !== undefined) tunnelThrough(agent, cluster.proxyUrl, base.protocol);
    return agent;
  };
  return { certificate, kept: create(kept), fresh: create(fresh) };
}

function tlsOptions(
  cluster: ClusterConfig,
  base: ServerAddress,
  context: SecureContext,
): { secureContext: SecureContext; rejectUnauthorized: boolean; servername: string } {
  // An IP address may not be asked for by name; with "" the certificate is checked against the host all the same.
  const servername = cluster.tlsServerName ?? (isIP(base.host) === 0 ? base.host : "");
  return { secureContext: context, rejectUnauthorized: !cluster.insecureSkipTlsVerify, servername };
}

/** Built once: node would otherwise put every PEM into the name of the connection pool, for each request. */
function secureContext(certificate: Identity["certificate"], ca: string | undefined): SecureContext {
  try {
    return createSecureContext({ ...(ca === undefined ? {} : { ca }), ...certificate });
  } catch (cause) {
    throw new EddyError("KUBECONFIG_INVALID", `read the certificates of the kubeconfig: ${messageOf(cause)}`, {
      class: "terminal",
      cause,
    });
  }
}

async function readCa(cluster: ClusterConfig): Promise<string | undefined> {
  if (cluster.caData !== undefined || cluster.caFile === undefined) return cluster.caData;
  try {
    return await readFile(cluster.caFile, "utf8");
  } catch (cause) {
    throw new EddyError(
      "KUBECONFIG_FILE",
      `read ${JSON.stringify(cluster.caFile)} named in the kubeconfig: ${messageOf(cause)}`,
      { cause },
    );
  }
}

interface ServerAddress {
  protocol: "http:" | "https:";
  host: string;
  port: number;
  prefix: string;
}

function parseServer(server: string): ServerAddress {
  // kubectl takes `host:port` without a scheme as plain HTTP on a cluster without TLS settings; that is never meant here.
  const url = URL.parse(server.includes("://") ? server : `https://${server}`);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new EddyError(
      "KUBECONFIG_INVALID",
      `read the server's address: ${JSON.stringify(server)} is not an http or https URL`,
      { class: "terminal" },
    );
  }
  return {
    protocol: url.protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    prefix: url.pathname.replace(/\/+$/, ""),
  };
}

function sameCertificate(left: Identity["certificate"], right: Identity["certificate"]): boolean {
  return left === right || (left?.cert === right?.cert && left?.key === right?.key);
}
