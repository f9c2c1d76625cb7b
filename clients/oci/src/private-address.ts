import { BlockList, isIP } from "node:net";

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 32],
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 24],
] as const)
  privateNetworks.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff02::", 16],
] as const)
  privateNetworks.addSubnet(network, prefix, "ipv6");

/**
 * Whether a URL's host is the literal address of this machine or a private or link-local network. Where a server sends us is not
 * where we may reach behind a firewall. Source: go-containerregistry `checkRedirectSSRF`; names are not looked up.
 */
export function isPrivateHost(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0) return false;
  return privateNetworks.check(address, family === 4 ? "ipv4" : "ipv6");
}
