const maxInt64 = 0x7fff_ffff_ffff_ffffn;
const minInt64 = -0x8000_0000_0000_0000n;
const maxUint64 = 0xffff_ffff_ffff_ffffn;

const decimal = /^[-+]?(0|[1-9][0-9]*)$/;
const prefixed = /^([-+]?)0([xX][0-9a-fA-F]+|[oO]?[0-7]+|[bB][01]+)$/;
/** `0b` and `0o` take a sign behind the prefix as well, because go-yaml cuts the prefix off and parses the rest. */
const signedInside = /^(0b|0o)([-+])([0-7]+)$/;

/**
 * An integer as go-yaml reads it, underscores removed before: decimal, 0777, 0x, 0o and 0b; from -2^63 to 2^64 - 1,
 * else undefined. Beyond 2^53 it is a bigint.
 */
export function parseInteger(text: string, version: 2 | 3): number | bigint | undefined {
  if (decimal.test(text)) return text.length <= 15 ? Number(text) + 0 : inRange(text, BigInt(unsigned(text)));
  const match = prefixed.exec(text);
  if (match !== null) return inRange(text, BigInt(bigintLiteral(match[2] as string)));
  return parseSignedInside(text, version);
}

function parseSignedInside(text: string, version: 2 | 3): number | bigint | undefined {
  const match = signedInside.exec(text);
  if (match === null) return undefined;
  const [, prefix, sign, digits] = match as unknown as [string, string, string, string];
  if (prefix === "0o" && version === 2) return undefined;
  if (prefix === "0b" && /[^01]/.test(digits)) return undefined;
  const value = BigInt(prefix + digits);
  return value > maxInt64 + (sign === "-" ? 1n : 0n) ? undefined : narrow(sign === "-" ? -value : value);
}

function unsigned(text: string): string {
  return text.startsWith("-") || text.startsWith("+") ? text.slice(1) : text;
}

function bigintLiteral(digits: string): string {
  return /^[xXoObB]/.test(digits) ? `0${digits}` : `0o${digits}`;
}

function inRange(text: string, magnitude: bigint): number | bigint | undefined {
  if (text.startsWith("-")) return -magnitude < minInt64 ? undefined : narrow(-magnitude);
  return magnitude > (text.startsWith("+") ? maxInt64 : maxUint64) ? undefined : narrow(magnitude);
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
