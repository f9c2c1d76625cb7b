import { request as httpRequest, type Agent as HttpAgent, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { connect as tlsConnect, type ConnectionOptions } from "node:tls";
import { EddyError } from "@eddy/core/errors";

const tunnelTimeoutMs = 30_000;

/** Where a tunnel should end, as node's agents describe a connection. */
export type TunnelTarget = ConnectionOptions;

/**
 * Makes an agent open its connections through a proxy with CONNECT. User and password in the proxy's URL are sent to
 * the proxy alone. `lookup` finds the proxy.
 */
export function tunnelThrough(
  agent: HttpAgent,
  proxy: URL,
  target: "http:" | "https:",
  lookup: Pick<RequestOptions, "lookup">,
): void {
  const open = (options: TunnelTarget, done: (error: Error | null, socket?: Duplex) => void): undefined => {
    openTunnel(proxy, options, lookup).then(
      // With a socket given, the host only serves to check the certificate.
      (socket) => done(null, target === "https:" ? tlsConnect({ ...options, socket }) : socket),
      (error: Error) => done(error),
    );
    return undefined;
  };
  Object.assign(agent, { createConnection: open });
}

/**
 * Parses and checks `proxy-url`.
 * @throws EddyError PROXY_UNSUPPORTED (terminal) for other proxies than `http://` and `https://`
 */
export function parseProxyUrl(text: string): URL {
  const proxy = URL.parse(text);
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return proxy;
  const scheme = proxy ? JSON.stringify(proxy.protocol.slice(0, -1)) : "not a URL";
  throw new EddyError(
    "PROXY_UNSUPPORTED",
    `use the proxy-url of the kubeconfig: its scheme is ${scheme}, want http or https`,
    { class: "terminal" },
  );
}

function openTunnel(proxy: URL, target: TunnelTarget, lookup: Pick<RequestOptions, "lookup">): Promise<Duplex> {
  const authority = `${target.host?.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  const credentials =
    proxy.username === "" ? undefined : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const send = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : Number(proxy.port),
      method: "CONNECT",
      path: authority,
      agent: false,
      ...lookup,
      timeout: tunnelTimeoutMs,
      headers: {
        host: authority,
        ...(credentials === undefined
          ? {}
          : { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` }),
      },
    });
    request.once("connect", (response, socket: Duplex) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`proxy ${proxy.host} answered ${response.statusCode} to CONNECT ${authority}`));
    });
    request.once("timeout", () =>
      request.destroy(new Error(`proxy ${proxy.host} did not answer CONNECT ${authority}`)),
    );
    request.once("error", reject);
    request.end();
  });
}
