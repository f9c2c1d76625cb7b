import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { NatsError } from "./nats-error.ts";

/** A user's key pair. Source: github.com/nats-io/nkeys. */
export interface Nkey {
  /** `U…`, base32. */
  readonly publicKey: string;
  /** The signature of a server's nonce, base64url. */
  sign(nonce: string): string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const seedPrefix = 18 << 3;
const userPrefix = 20 << 3;
// PKCS #8 around 32 bytes of Ed25519.
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads a seed, `SU…`: base32 of two bytes of prefix, 32 of key and a CRC.
 * @throws NatsError (terminal), without the seed
 */
export function readSeed(text: string): Nkey {
  const bytes = decodeBase32(text.trim());
  const [first = 0, second = 0] = bytes;
  const isSeed = bytes.length === 36 && (first & 0xf8) === seedPrefix;
  if (!isSeed || crc16(bytes.subarray(0, 34)) !== bytes.readUInt16LE(34)) throw invalid("it is no seed");
  if ((((first & 7) << 5) | (second >> 3)) !== userPrefix) throw invalid("it is not a user's seed");
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, bytes.subarray(2, 34)]), format: "der", type: "pkcs8" });
  return { publicKey: publicKeyOf(key), sign: (nonce) => sign(null, Buffer.from(nonce), key).toString("base64url") };
}

function publicKeyOf(key: KeyObject): string {
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const bytes = Buffer.concat([Buffer.from([userPrefix]), raw, Buffer.alloc(2)]);
  bytes.writeUInt16LE(crc16(bytes.subarray(0, 33)), 33);
  return encodeBase32(bytes);
}

/** The parts of a credentials file: a JWT and a seed between markers. @throws NatsError (terminal) */
export function readCredentials(text: string): { jwt: string; seed: string } {
  const part = (name: string): string => {
    const match = new RegExp(`(?<!-)-{3,}BEGIN ${name}-{3,}\\s+([\\w.=-]+)\\s+-{3,}END ${name}-{3,}`).exec(text);
    if (match?.[1] === undefined) throw new NatsError(`read credentials: there is no ${name}`, { class: "terminal" });
    return match[1];
  };
  return { jwt: part("NATS USER JWT"), seed: part("USER NKEY SEED") };
}

function invalid(why: string): NatsError {
  return new NatsError(`read nkey: ${why}`, { class: "terminal" });
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw invalid("it is not base32");
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

function encodeBase32(bytes: Uint8Array): string {
  let [text, bits, value] = ["", 0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31];
}

/** CRC-16/XMODEM. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}
