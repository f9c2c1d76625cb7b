import type { Buffer } from "node:buffer";
import { createDecipheriv } from "node:crypto";
import { bcryptPbkdf } from "./bcrypt-pbkdf.ts";
import { SshKeyError } from "./ssh-key-error.ts";
import { SshReader } from "./wire.ts";

/** By the name that OpenSSH gives it: the name in OpenSSL, and the bytes of its key. */
const ciphers: Readonly<Record<string, { name: string; keyBytes: number }>> = {
  "aes128-ctr": { name: "aes-128-ctr", keyBytes: 16 },
  "aes192-ctr": { name: "aes-192-ctr", keyBytes: 24 },
  "aes256-ctr": { name: "aes-256-ctr", keyBytes: 32 },
  "aes128-cbc": { name: "aes-128-cbc", keyBytes: 16 },
  "aes192-cbc": { name: "aes-192-cbc", keyBytes: 24 },
  "aes256-cbc": { name: "aes-256-cbc", keyBytes: 32 },
};
const ivBytes = 16;
/** OpenSSH writes 16 or 24; more than this is an attempt to keep us busy. */
const maxRounds = 256;

/**
 * The private part of a key behind a passphrase. Whether the passphrase is right shows only in what comes out.
 * @throws SshKeyError for a cipher or a derivation that is not known
 */
export function decryptPrivateKey(
  content: Buffer,
  options: { cipher: string; kdf: { name: string; options: Buffer }; passphrase: string },
): Buffer {
  const cipher = Object.hasOwn(ciphers, options.cipher) ? ciphers[options.cipher] : undefined;
  if (cipher === undefined || options.kdf.name !== "bcrypt") {
    const what = `${options.cipher} and ${options.kdf.name}`;
    throw new SshKeyError(`read SSH private key: encrypted with ${JSON.stringify(what)}, want AES and bcrypt`);
  }
  const reader = new SshReader(options.kdf.options);
  const [salt, rounds] = [reader.string(), reader.uint32()];
  if (rounds < 1 || rounds > maxRounds || salt.length === 0)
    throw new SshKeyError(`read SSH private key: ${rounds} rounds of bcrypt, want 1 to ${maxRounds}`);
  const derived = bcryptPbkdf(options.passphrase, salt, cipher.keyBytes + ivBytes, rounds);
  const [key, iv] = [derived.subarray(0, cipher.keyBytes), derived.subarray(cipher.keyBytes)];
  try {
    return createDecipheriv(cipher.name, key, iv).setAutoPadding(false).update(content);
  } catch {
    throw new SshKeyError("read SSH private key: it is damaged");
  }
}
