import type { LibraryContext } from "./engine.ts";
import {
  containsAddress,
  formatIp,
  maskedAddress,
  parseIp,
  parseNetwork,
  widthOf,
  type IpAddress,
  type IpNetwork,
} from "./ip-address.ts";

class CelIp {
  readonly address: IpAddress;

  constructor(address: IpAddress) {
    this.address = address;
  }

  toString(): string {
    return formatIp(this.address);
  }
}

class CelCidr {
  readonly network: IpNetwork;

  constructor(network: IpNetwork) {
    this.network = network;
  }

  toString(): string {
    return `${formatIp(this.network.address)}/${this.network.prefix}`;
  }
}

class CelUrl {
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }

  toString(): string {
    return this.url.href;
  }
}

/** Kubernetes' ip, cidr and url libraries. */
export function registerAddresses(context: LibraryContext): void {
  registerIps(context);
  registerCidrs(context);
  registerUrls(context);
}

function within(network: string): (address: IpAddress) => boolean {
  const parsed = parseNetwork(network) as IpNetwork;
  return (address) => containsAddress(parsed, address);
}

const loopback = [within("127.0.0.0/8"), within("::1/128")];
const linkLocalUnicast = [within("169.254.0.0/16"), within("fe80::/10")];
const linkLocalMulticast = [within("224.0.0.0/24"), within("ff02::/16")];
const multicast = [within("224.0.0.0/4"), within("ff00::/8")];

function isOneOf(checks: readonly ((address: IpAddress) => boolean)[], address: IpAddress): boolean {
  return checks.some((check) => check(address));
}

function isGlobalUnicast(address: IpAddress): boolean {
  const isBroadcast = address.family === 4 && address.bits === 0xffffffffn;
  return (
    address.bits !== 0n &&
    !isBroadcast &&
    ![loopback, multicast, linkLocalUnicast].some((checks) => isOneOf(checks, address))
  );
}

function registerIps({ env, fail }: LibraryContext): void {
  env.registerType("IP", CelIp);
  const make = (text: string): CelIp => {
    const address = parseIp(text);
    if (address === undefined)
      throw fail(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    return new CelIp(address);
  };
  env.registerFunction("ip(string): IP", make);
  env.registerFunction("isIP(string): bool", (text: string) => parseIp(text) !== undefined);
  env.registerFunction("string(IP): string", (ip: CelIp) => ip.toString());
  env.registerFunction("IP.family(): int", ({ address }: CelIp) => BigInt(address.family));
  env.registerOperator("IP == IP", (left: CelIp, right: CelIp) => {
    return left.address.family === right.address.family && left.address.bits === right.address.bits;
  });
  env.registerFunction("IP.isUnspecified(): bool", ({ address }: CelIp) => address.bits === 0n);
  env.registerFunction("IP.isLoopback(): bool", ({ address }: CelIp) => isOneOf(loopback, address));
  env.registerFunction("IP.isLinkLocalMulticast(): bool", ({ address }: CelIp) => isOneOf(linkLocalMulticast, address));
  env.registerFunction("IP.isLinkLocalUnicast(): bool", ({ address }: CelIp) => isOneOf(linkLocalUnicast, address));
  env.registerFunction("IP.isGlobalUnicast(): bool", ({ address }: CelIp) => isGlobalUnicast(address));
}

function registerCidrs({ env, fail }: LibraryContext): void {
  env.registerType("CIDR", CelCidr);
  const make = (text: string): CelCidr => {
    const network = parseNetwork(text);
    if (network === undefined)
      throw fail(`network address parse error during conversion from string: ${JSON.stringify(text)}`);
    return new CelCidr(network);
  };
  const ipOf = (text: string): IpAddress => {
    const address = parseIp(text);
    if (address === undefined)
      throw fail(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    return address;
  };
  env.registerFunction("cidr(string): CIDR", make);
  env.registerFunction("isCIDR(string): bool", (text: string) => parseNetwork(text) !== undefined);
  env.registerFunction("string(CIDR): string", (cidr: CelCidr) => cidr.toString());
  env.registerFunction("CIDR.ip(): IP", ({ network }: CelCidr) => new CelIp(network.address));
  env.registerFunction("CIDR.prefixLength(): int", ({ network }: CelCidr) => BigInt(network.prefix));
  env.registerFunction("CIDR.masked(): CIDR", ({ network }: CelCidr) => {
    return new CelCidr({ address: maskedAddress(network), prefix: network.prefix });
  });
  env.registerFunction("CIDR.containsIP(IP): bool", ({ network }: CelCidr, { address }: CelIp) =>
    containsAddress(network, address),
  );
  env.registerFunction("CIDR.containsIP(string): bool", ({ network }: CelCidr, text: string) =>
    containsAddress(network, ipOf(text)),
  );
  const containsNetwork = ({ network }: CelCidr, other: CelCidr): boolean => {
    const { address, prefix } = other.network;
    return containsAddress(network, maskedAddress(other.network), Math.min(prefix, widthOf(address.family)));
  };
  env.registerFunction("CIDR.containsCIDR(CIDR): bool", containsNetwork);
  env.registerFunction("CIDR.containsCIDR(string): bool", (cidr: CelCidr, text: string) =>
    containsNetwork(cidr, make(text)),
  );
  env.registerOperator("CIDR == CIDR", (left: CelCidr, right: CelCidr) => left.toString() === right.toString());
}

/** Stands for the host that a path alone has not. */
const pathBase = "path://none";

/** An absolute URI or an absolute path, as Go's `url.ParseRequestURI` takes it. */
function parseUrl(text: string): URL | undefined {
  if (text.startsWith("/")) return URL.canParse(text, pathBase) ? new URL(text, pathBase) : undefined;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function registerUrls({ env, fail }: LibraryContext): void {
  env.registerType("URL", CelUrl);
  env.registerFunction("url(string): URL", (text: string) => {
    const url = parseUrl(text);
    if (url === undefined)
      throw fail(
        `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
      );
    return new CelUrl(url);
  });
  env.registerFunction("isURL(string): bool", (text: string) => parseUrl(text) !== undefined);
  const scheme = ({ url }: CelUrl): string => (url.protocol === "path:" ? "" : url.protocol.slice(0, -1));
  env.registerFunction("URL.getScheme(): string", scheme);
  env.registerFunction("URL.getHost(): string", ({ url }: CelUrl) => (url.protocol === "path:" ? "" : url.host));
  env.registerFunction("URL.getHostname(): string", ({ url }: CelUrl) =>
    url.protocol === "path:" ? "" : url.hostname.replace(/^\[|\]$/g, ""),
  );
  env.registerFunction("URL.getPort(): string", ({ url }: CelUrl) => url.port);
  env.registerFunction("URL.getEscapedPath(): string", ({ url }: CelUrl) => url.pathname);
  env.registerFunction("URL.getQuery(): map<string, list<string>>", ({ url }: CelUrl) => {
    const query: Record<string, string[]> = {};
    for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
    return query;
  });
  env.registerOperator("URL == URL", (left: CelUrl, right: CelUrl) => left.toString() === right.toString());
}
