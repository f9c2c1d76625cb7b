import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isMetadataAddress, lookupElsewhere } from "@eddy/http";
import { KubeConnectionError } from "../errors.ts";
import type { ClusterConfig } from "../kubeconfig/kube-config.ts";
import type { Identity } from "./credentials.ts";
import { parseProxyUrl, tunnelThrough } from "./proxy-tunnel.ts";
import type { ServerAddress } from "./server-address.ts";

/** kube-apiserver closes idle connections after 90 s; leave first, so that no request meets a closing socket. */
const idleSocketMs = 55_000;
const tcpKeepAliveMs = 15_000;

/** Kept connections for requests, fresh ones for watches; new ones are made when the client certificate changes. */
export interface Agents {
  certificate: Identity["certificate"];
  kept: HttpAgent;
  fresh: HttpAgent;
}

/**
 * Agents for one server and one client certificate.
 * @throws EddyError PROXY_UNSUPPORTED, KUBECONFIG_INVALID (terminal); KubeConnectionError for an address that is out of reach
 */
export function createAgents(
  cluster: ClusterConfig,
  base: ServerAddress,
  certificate: Identity["certificate"],
  ca: string | undefined,
  { maxSockets, refusesMetadata }: { maxSockets: number; refusesMetadata: boolean },
): Agents {
  const proxy = cluster.proxyUrl === undefined ? undefined : parseProxyUrl(cluster.proxyUrl);
  if (refusesMetadata) for (const host of [base.host, proxy?.hostname ?? ""]) refuseMetadataAddress(host);
  // Of all sockets: to the proxy where there is one, else to the server itself.
  const lookup = refusesMetadata ? { lookup: lookupElsewhere } : {};
  const kept = {
    keepAlive: true,
    keepAliveMsecs: tcpKeepAliveMs,
    maxSockets: maxSockets,
    maxFreeSockets: maxSockets,
    timeout: idleSocketMs,
    ...lookup,
  };
  const fresh = { keepAlive: false, ...lookup };
  const create = (pool: typeof kept | typeof fresh): HttpAgent => {
    const agent =
      base.protocol === "https:"
        ? new HttpsAgent({ ...pool, ...tlsOptions(cluster, base, secureContext(certificate, ca)) })
        : new HttpAgent(pool);
    if (proxy) tunnelThrough(agent, proxy, base.protocol, lookup);
    return agent;
  };
  return { certificate, kept: create(kept), fresh: create(fresh) };
}

/** A literal address is never looked up. @throws KubeConnectionError */
function refuseMetadataAddress(host: string): void {
  if (isMetadataAddress(host))
    throw new KubeConnectionError(`connect to ${host}: addresses of metadata services are out of reach`);
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

/** The authorities to accept, inline or from the file; undefined for the machine's. */
export async function readCa(cluster: ClusterConfig): Promise<string | undefined> {
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

/** Whether connections made with one may be used with the other. */
export function sameCertificate(left: Identity["certificate"], right: Identity["certificate"]): boolean {
  return left === right || (left?.cert === right?.cert && left?.key === right?.key);
}
