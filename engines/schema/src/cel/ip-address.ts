import { isIpv4, isIpv6 } from "../validate/formats.ts";

/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** A network: the address as written, and how many leading bits count. */
export interface IpNetwork {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** How many bits an address of the family has. */
export function widthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** Reads an IPv4 or IPv6 address without zone, or returns undefined. */
export function parseIp(text: string): IpAddress | undefined {
  if (isIpv4(text)) return { family: 4, bits: bitsOfIpv4(text) };
  return isIpv6(text) ? { family: 6, bits: bitsOfIpv6(text) } : undefined;
}

function bitsOfIpv4(text: string): bigint {
  return text.split(".").reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function groupsOf(text: string): bigint[] {
  return text === ""
    ? []
    : text.split(":").flatMap((group) => (group.includes(".") ? halvesOf(group) : [BigInt(`0x${group}`)]));
}

function halvesOf(ipv4: string): bigint[] {
  const bits = bitsOfIpv4(ipv4);
  return [bits >> 16n, bits & 0xffffn];
}

function bitsOfIpv6(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return [...front, ...zeros, ...back].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Reads `address/prefix`, or returns undefined. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const slash = text.indexOf("/");
  const prefix = text.slice(slash + 1);
  const address = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > widthOf(address.family))
    return undefined;
  return { address, prefix: Number(prefix) };
}

/** The first address of a network. */
export function maskedAddress({ address, prefix }: IpNetwork): IpAddress {
  const host = BigInt(widthOf(address.family) - prefix);
  return { family: address.family, bits: (address.bits >> host) << host };
}

/** Whether an address, or all of a network, lies in a network. */
export function containsAddress(
  network: IpNetwork,
  address: IpAddress,
  prefix: number = widthOf(address.family),
): boolean {
  if (address.family !== network.address.family || prefix < network.prefix) return false;
  const host = BigInt(widthOf(address.family) - network.prefix);
  return address.bits >> host === network.address.bits >> host;
}

/** The canonical text: IPv6 in lower case, its longest run of zero groups as `::`. */
export function formatIp({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_group, index) =>
    ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== "0") start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
