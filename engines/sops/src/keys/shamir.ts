import { randomBytes } from "node:crypto";
import { SopsError } from "../sops-error.ts";

// Shamir's secret sharing byte by byte in GF(2^8) with AES' polynomial. A share is the y values, then the x.
const field = buildField();

function buildField(): { exp: Uint8Array; log: Uint8Array } {
  const exp = new Uint8Array(510);
  const log = new Uint8Array(256);
  let value = 1;
  for (let power = 0; power < 255; power++) {
    exp[power] = value;
    exp[power + 255] = value;
    log[value] = power;
    // The generator is 3: times two, reduced, plus itself.
    const doubled = (value << 1) ^ (value & 0x80 ? 0x11b : 0);
    value = (doubled ^ value) & 0xff;
  }
  return { exp, log };
}

function multiply(left: number, right: number): number {
  if (left === 0 || right === 0) return 0;
  return field.exp[(field.log[left] ?? 0) + (field.log[right] ?? 0)] ?? 0;
}

function divide(left: number, right: number): number {
  if (left === 0) return 0;
  return field.exp[(field.log[left] ?? 0) + 255 - (field.log[right] ?? 0)] ?? 0;
}

/**
 * Splits a secret into `parts` shares of which any `threshold` give it back.
 * @throws SopsError unless 2 ≤ threshold ≤ parts ≤ 255
 */
export function splitSecret(
  secret: Uint8Array,
  parts: number,
  threshold: number,
  random: (size: number) => Uint8Array = randomBytes,
): Uint8Array[] {
  if (threshold < 2 || threshold > parts || parts > 255) {
    throw new SopsError(`split the data key: ${threshold} of ${parts} parts, want 2 ≤ threshold ≤ parts ≤ 255`);
  }
  const shares = Array.from({ length: parts }, (_, index) => {
    const share = new Uint8Array(secret.length + 1);
    share[secret.length] = index + 1;
    return share;
  });
  for (const [position, byte] of secret.entries()) {
    const polynomial = [byte, ...random(threshold - 1)];
    for (const share of shares) {
      share[position] = polynomial.reduceRight((sum, term) => multiply(sum, share[secret.length] ?? 0) ^ term, 0);
    }
  }
  return shares;
}

/** The secret behind shares. @throws SopsError for fewer than two, of different length, or the same one twice */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  const size = shares[0]?.length ?? 0;
  const xs = shares.map((share) => share[size - 1] ?? 0);
  if (shares.length < 2 || size < 2 || shares.some((share) => share.length !== size)) {
    throw new SopsError(`combine the data key: ${shares.length} parts, want two or more of one length`);
  }
  if (new Set(xs).size !== xs.length) throw new SopsError("combine the data key: the same part is there twice");
  // Lagrange at zero: the weights depend on the x values alone.
  const weights = xs.map((x, own) =>
    xs.reduce((weight, other, index) => (index === own ? weight : multiply(weight, divide(other, x ^ other))), 1),
  );
  const secret = new Uint8Array(size - 1);
  for (const position of secret.keys()) {
    secret[position] = shares.reduce((sum, share, own) => sum ^ multiply(share[position] ?? 0, weights[own] ?? 0), 0);
  }
  return secret;
}
