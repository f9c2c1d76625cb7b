import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { BlowfishState } from "./blowfish.ts";

const blockBytes = 32;
const cost = 64;
const plaintext = Buffer.from("OxychromaticBlowfishSwatDynamite");

/**
 * A key from a passphrase, as OpenSSH makes it for private keys. Slow on purpose: some 10 ms a round.
 * Source: OpenBSD `bcrypt_pbkdf.c`.
 */
export function bcryptPbkdf(passphrase: string, salt: Uint8Array, length: number, rounds: number): Buffer {
  const key = Buffer.alloc(length);
  const blocks = Math.ceil(length / blockBytes);
  const hashed = sha512(Buffer.from(passphrase));
  for (let block = 0; block < blocks; block++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(block + 1);
    let last = hashBlock(hashed, sha512(Buffer.concat([salt, counter])));
    const sum = Buffer.from(last);
    for (let round = 1; round < rounds; round++) {
      last = hashBlock(hashed, sha512(last));
      for (let index = 0; index < blockBytes; index++) sum[index] = (sum[index] as number) ^ (last[index] as number);
    }
    // The bytes of the blocks are dealt out in turn.
    for (let index = 0; index * blocks + block < length; index++) key[index * blocks + block] = sum[index] as number;
  }
  return key;
}

function hashBlock(passphrase: Buffer, salt: Buffer): Buffer {
  const state = new BlowfishState();
  state.expand(passphrase, salt);
  for (let round = 0; round < cost; round++) {
    state.expand(salt);
    state.expand(passphrase);
  }
  const words = Uint32Array.from({ length: blockBytes / 4 }, (_, index) => plaintext.readUInt32BE(index * 4));
  for (let round = 0; round < cost; round++) state.encrypt(words);
  const result = Buffer.alloc(blockBytes);
  for (const [index, word] of words.entries()) result.writeUInt32LE(word, index * 4);
  return result;
}

function sha512(content: Uint8Array): Buffer {
  return createHash("sha512").update(content).digest();
}
