import { EddyError } from "@eddy/core/errors";
import { trimRight } from "@eddy/core/trim";

/** The parts of a server's URL. */
export interface ServerAddress {
  protocol: "http:" | "https:";
  host: string;
  port: number;
  prefix: string;
}

/** @throws EddyError KUBECONFIG_INVALID (terminal) for what is no http or https URL. */
export function parseServer(server: string): ServerAddress {
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
    prefix: trimRight(url.pathname, "/"),
  };
}
