import {
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "@eddy/core/clock";
import { KubeConnectionError } from "../errors.ts";
import type { KubeConfig } from "../kubeconfig/kube-config.ts";
import { createAgents, readCa, sameCertificate, type Agents } from "./agents.ts";
import { connectionError } from "./connection-error.ts";
import { credentialsOf, type Identity } from "./credentials.ts";
import { readBody } from "./read-body.ts";
import { parseServer } from "./server-address.ts";

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

/** An answer, whatever its status. */
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
  /** As in ConnectOptions. */
  refusesMetadata: boolean;
  clock: Clock;
}

/** A transport; connects on first use. */
export function createTransport(config: KubeConfig, options: TransportOptions): Transport {
  const base = parseServer(config.cluster.server);
  const credentials = credentialsOf(config, options.clock);
  const sendOver = base.protocol === "https:" ? httpsRequest : httpRequest;
  const running = new Set<ClientRequest>();
  let agents: Agents | undefined;
  let ca: { pem: string | undefined } | undefined;
  let closed = false;

  const agentsFor = async (identity: Identity): Promise<Agents> => {
    ca ??= { pem: await readCa(config.cluster) };
    if (agents && sameCertificate(agents.certificate, identity.certificate)) return agents;
    // What still runs with the certificate before may finish: its connections end when they are idle.
    return (agents = createAgents(config.cluster, base, identity.certificate, ca.pem, options));
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
