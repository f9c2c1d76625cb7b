import { BlockList, isIP } from "node:net";
import type { HttpProxy } from "./http-client.ts";

/** The proxy for a URL, or undefined for a direct connection. */
export type ProxyRoute = (url: URL) => HttpProxy | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies that the environment names: `HTTPS_PROXY` and `HTTP_PROXY` by the URL's scheme, but for what `NO_PROXY` lists, and
 * never for this machine. Lower-case names count too. Source: golang.org/x/net/http/httpproxy, which Flux's controllers follow.
 */
export function environmentProxy(env: Environment): ProxyRoute {
  const read = (name: string): string => env[name] || env[name.toLowerCase()] || "";
  const byScheme = { "https:": read("HTTPS_PROXY"), "http:": read("HTTP_PROXY") };
  const exceptions = read("NO_PROXY").split(",").map(parseException);
  return (url) => {
    const address = byScheme[url.protocol as "https:" | "http:"] ?? "";
    if (address === "" || isLoopback(url) || exceptions.some((matches) => matches(url))) return undefined;
    return { address: address.includes("://") ? address : `http://${address}` };
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
}

function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

type Exception = (url: URL) => boolean;

/** One entry of `NO_PROXY`: `*`, an address, a range, a domain; with a leading dot only what is below it. */
function parseException(text: string): Exception {
  const entry = text.trim().toLowerCase();
  if (entry === "") return () => false;
  if (entry === "*") return () => true;
  if (entry.includes("/")) return parseRange(entry);
  const [, name = entry, port] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  const host = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
  return (url) => {
    const actual = hostOf(url);
    const isPort = port === undefined || port === (url.port || (url.protocol === "https:" ? "443" : "80"));
    const isHost = host.startsWith(".") ? actual.endsWith(host) : actual === host || actual.endsWith(`.${host}`);
    return isPort && (isIP(actual) === 0 ? isHost : actual === host);
  };
}

function parseRange(entry: string): Exception {
  const [network = "", prefix = ""] = entry.split("/");
  const version = isIP(network);
  const bits = Number(prefix);
  if (version === 0 || !/^\d+$/.test(prefix) || bits > (version === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? "ipv4" : "ipv6");
  return (url) => {
    const host = hostOf(url);
    return isIP(host) !== 0 && list.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
  };
}
