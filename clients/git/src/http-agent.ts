import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { GitError } from "./errors.ts";
import type { GitAuth, GitProxy } from "./remote.ts";

/** Kept connections to one origin, and to those it redirects to. */
export interface HttpAgent {
  /** Starts a request; through a proxy for plain HTTP, the path is the absolute URL. */
  request(url: URL, options: { method: string; headers: Record<string, string> }): http.ClientRequest;
  close(): void;
}

const agentOptions = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 4, timeout: 90_000 };

/**
 * Agents for HTTP and HTTPS with the trust of `auth`, and a proxy that is reached by CONNECT. The client certificate is
 * shown to `origin` alone.
 */
export function createHttpAgent(origin: string, auth: GitAuth, proxy: GitProxy | undefined): HttpAgent {
  const plain = new http.Agent(agentOptions);
  const via = proxy && parseProxy(proxy);
  const secure = secureAgent({ ...trustOf(auth), ...identityOf(auth) }, via);
  const elsewhere = secureAgent(trustOf(auth), via);
  return {
    request(url, { method, headers }) {
      if (url.protocol === "https:")
        return https.request(url, { method, headers, agent: url.origin === origin ? secure : elsewhere });
      if (!via) return http.request(url, { method, headers, agent: plain });
      const target = new URL(via.url);
      const transport = target.protocol === "https:" ? https : http;
      return transport.request(target, {
        method,
        path: `${url.origin}${url.pathname}${url.search}`,
        headers: { ...headers, host: url.host, ...via.headers },
        agent: target.protocol === "https:" ? new https.Agent({ maxSockets: 1 }) : plain,
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
      elsewhere.destroy();
    },
  };
}

function secureAgent(options: tls.ConnectionOptions, via: ProxyTarget | undefined): https.Agent {
  const agent = new https.Agent({ ...agentOptions, ...options });
  if (via) throughProxy(agent, via, options);
  return agent;
}

function trustOf({ caCert }: GitAuth): tls.ConnectionOptions {
  return {
    minVersion: "TLSv1.2",
    ...(caCert === undefined ? {} : { ca: [...tls.getCACertificates("default"), caCert] }),
  };
}

function identityOf({ clientCert, clientKey }: GitAuth): tls.ConnectionOptions {
  return {
    ...(clientCert === undefined ? {} : { cert: clientCert }),
    ...(clientKey === undefined ? {} : { key: clientKey }),
  };
}

interface ProxyTarget {
  url: URL;
  headers: Record<string, string>;
}

function parseProxy(proxy: GitProxy): ProxyTarget {
  if (!URL.canParse(proxy.address)) throw new GitError("configuration", "configure proxy: the address is not a URL");
  const url = new URL(proxy.address);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new GitError(
      "unsupported",
      `configure proxy: scheme ${JSON.stringify(url.protocol.slice(0, -1))} is not supported, want "http" or "https"`,
    );
  }
  const username = proxy.username ?? decodeURIComponent(url.username);
  const password = proxy.password ?? decodeURIComponent(url.password);
  const credentials = Buffer.from(`${username}:${password}`).toString("base64");
  return { url, headers: username === "" ? {} : { "proxy-authorization": `Basic ${credentials}` } };
}

type ConnectionCallback = (error: Error | null, stream: Duplex) => void;

/** Makes an agent open its connections through the proxy's CONNECT, with TLS to the origin inside. */
function throughProxy(agent: https.Agent, proxy: ProxyTarget, secrecy: tls.ConnectionOptions): void {
  agent.createConnection = (
    options: { host?: string; port?: string | number; servername?: string },
    callback: ConnectionCallback,
  ) => {
    const host = options.host ?? "";
    const authority = `${host.includes(":") ? `[${host}]` : host}:${options.port ?? 443}`;
    const transport = proxy.url.protocol === "https:" ? https : http;
    const connect = transport.request(proxy.url, {
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...proxy.headers },
      agent: false,
    });
    connect.once("connect", (response, socket) => {
      if (response.statusCode === 200) {
        const secured = tls.connect({
          ...secrecy,
          socket,
          host,
          servername: isIP(host) ? "" : (options.servername ?? host),
        });
        callback(null, secured);
        return;
      }
      socket.destroy();
      const kind = response.statusCode === 407 ? "authentication" : "unreachable";
      callback(
        new GitError(kind, `connect through proxy: ${response.statusCode} ${response.statusMessage ?? ""}`.trim()),
        socket,
      );
    });
    connect.once("error", (error) => callback(error, undefined as unknown as Duplex));
    connect.end();
    return undefined;
  };
}
