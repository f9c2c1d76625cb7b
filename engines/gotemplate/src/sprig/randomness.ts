import { Buffer } from "node:buffer";
import { createCipheriv, createHash, randomBytes } from "node:crypto";

/** Where random bytes come from. */
export interface Randomness {
  /** So many bytes. */
  bytes(count: number): Uint8Array;
  /** Whether nobody can know the bytes: private keys are then made by the machine's own generator. */
  readonly isSecret: boolean;
}

/** The machine's source. */
export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count), isSecret: true };

/**
 * Bytes that a seed repeats exactly, so that two renders can be compared. Never for what is installed: passwords and keys made from it
 * are known to everybody who knows the seed.
 */
export function seededRandomness(seed: string): Randomness {
  const key = createHash("sha256").update(seed).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return { bytes: (count) => stream.update(Buffer.alloc(count)), isSecret: false };
}

/** A whole number from 0 to before `limit`, each as likely as the others. */
export function randomBelow(random: Randomness, limit: bigint): bigint {
  const bits = (limit - 1n).toString(2).length;
  const count = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    const value = bigintOf(random.bytes(count)) & mask;
    if (value < limit) return value;
  }
}

/** Bytes as an unsigned number, the highest first. */
export function bigintOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
}

/** So many characters of an alphabet of at most 256. */
export function randomText(random: Randomness, alphabet: string, count: number): string {
  // Bytes beyond the last whole multiple would make the first characters likelier.
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < count) {
    for (const byte of random.bytes(count - text.length)) if (byte < limit) text += alphabet[byte % alphabet.length];
  }
  return text;
}
