import { basicAuthorization } from "./authorization.ts";
import { HttpError } from "./errors.ts";
import type { HttpProxy } from "./http-client.ts";

/** Where the proxy is, and what it is told besides the request. */
export interface ProxyTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws HttpError configuration for an address that is no URL, or a scheme other than `http` and `https` */
export function parseProxy(proxy: HttpProxy): ProxyTarget {
  if (!URL.canParse(proxy.address)) throw new HttpError("configuration", "configure proxy: the address is not a URL");
  const given = new URL(proxy.address);
  if (given.protocol !== "http:" && given.protocol !== "https:") {
    throw new HttpError(
      "configuration",
      `configure proxy: scheme ${JSON.stringify(given.protocol.slice(0, -1))} is not supported, want "http" or "https"`,
    );
  }
  const authorization = basicAuthorization(given, proxy);
  return {
    url: new URL(given.origin),
    headers: authorization === undefined ? {} : { "proxy-authorization": authorization },
  };
}
