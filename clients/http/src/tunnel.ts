import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { HttpError } from "./errors.ts";
import type { ProxyTarget } from "./proxy.ts";

type ConnectionCallback = (error: Error | null, stream: Duplex) => void;

const connectTimeoutMs = 30_000;

/** Tunnels being dug; `close` gives them up. */
export interface Tunnels {
  close(): void;
}

/**
 * Makes an agent open its connections through the proxy's CONNECT, with TLS to the origin inside. `trust` holds for both; an
 * identity is shown inside the tunnel only. `lookup` finds the proxy.
 */
export function throughProxy(
  agent: https.Agent,
  proxy: ProxyTarget,
  options: { trust: tls.ConnectionOptions; inside: tls.ConnectionOptions; lookup: Pick<http.RequestOptions, "lookup"> },
): Tunnels {
  const pending = new Set<http.ClientRequest>();
  agent.createConnection = (
    target: { host?: string; port?: string | number; servername?: string },
    callback: ConnectionCallback,
  ) => {
    const host = target.host ?? "";
    const fail = (error: Error): void => callback(error, undefined as unknown as Duplex);
    const connect = requestTunnel(proxy, `${host.includes(":") ? `[${host}]` : host}:${target.port ?? 443}`, {
      ...options.trust,
      ...options.lookup,
    });
    pending.add(connect);
    connect.once("close", () => pending.delete(connect));
    connect.once("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return fail(refusal(response));
      }
      const servername = isIP(host) === 0 ? (target.servername ?? host) : "";
      callback(null, tls.connect({ ...options.inside, socket, host, servername }));
    });
    connect.once("error", fail);
    connect.end();
    return undefined;
  };
  return {
    close() {
      for (const connect of pending) connect.destroy();
    },
  };
}

function requestTunnel(proxy: ProxyTarget, authority: string, way: https.RequestOptions): http.ClientRequest {
  const secure = proxy.url.protocol === "https:";
  const connect = (secure ? https : http).request(proxy.url, {
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...proxy.headers },
    agent: false,
    timeout: connectTimeoutMs,
    ...way,
  });
  connect.once("timeout", () =>
    connect.destroy(new HttpError("timeout", "connect through proxy: no answer to CONNECT")),
  );
  return connect;
}

function refusal({ statusCode = 0, statusMessage = "" }: http.IncomingMessage): HttpError {
  return new HttpError("proxy", `connect through proxy: ${statusCode} ${statusMessage}`.trim(), { status: statusCode });
}
