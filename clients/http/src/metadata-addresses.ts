import { lookup as lookUp, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import { HttpError } from "./errors.ts";

// Where clouds answer whoever asks from a machine, with its credentials: link-local networks, and what is routed like them.
const addresses = new BlockList();
for (const [network, bits] of [
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
] as const) {
  // Within IPv6 as it is mapped (which `check` sees by itself), compatible, and translated (RFC 4291 2.5.5, RFC 6052 2.1).
  addresses.addSubnet(network, bits, "ipv4");
  addresses.addSubnet(`::${network}`, 96 + bits, "ipv6");
  addresses.addSubnet(`64:ff9b::${network}`, 96 + bits, "ipv6");
}
addresses.addSubnet("fe80::", 10, "ipv6");
addresses.addSubnet("fd00:ec2::", 32, "ipv6");
addresses.addAddress("fd00:42::42", "ipv6");
addresses.addAddress("fd20:ce::254", "ipv6");

/** Whether an IP address is one of a cloud's metadata services, or link-local; also as an IPv4 address within IPv6. */
export function isMetadataAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, "").replace(/%.*$/s, "");
  const family = isIP(plain);
  if (family === 0) return false;
  return addresses.check(plain, family === 4 ? "ipv4" : "ipv6");
}

/** @throws HttpError unreachable for a URL whose host is such an address */
export function refuseMetadataHost(url: URL): void {
  if (isMetadataAddress(url.hostname)) throw refusal(url.hostname);
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Looks a name up as sockets do, and fails when it leads to such an address: what is checked is what is connected to, whatever the
 * name says the next time.
 */
export function lookupElsewhere(hostname: string, options: LookupOptions, callback: Callback): void {
  lookUp(hostname, options, (error: Error | null, address: string | LookupAddress[], family?: number) => {
    if (error) return callback(error, "");
    const found = typeof address === "string" ? [address] : address.map((each) => each.address);
    if (found.some(isMetadataAddress)) return callback(refusal(hostname), "");
    callback(null, address, family);
  });
}

function refusal(host: string): HttpError {
  return new HttpError("unreachable", "addresses of metadata services are out of reach", { doing: `connect ${host}` });
}
