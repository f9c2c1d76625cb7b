import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { decryptPrivateKey } from "./decrypt-private-key.ts";
import { SshKeyError } from "./ssh-key-error.ts";
import { SshReader } from "./wire.ts";

/** A private key ready for `node:crypto`, with its public key in SSH's wire form. */
export interface SshPrivateKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  key: KeyObject;
  publicBlob: Uint8Array;
}

const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;
const magic = "openssh-key-v1\0";
const curves: Readonly<Record<string, string>> = { nistp256: "P-256", nistp384: "P-384", nistp521: "P-521" };

/**
 * Reads a private key in OpenSSH's own armour: Ed25519, RSA or ECDSA. A passphrase is only looked at where the key is encrypted.
 * Source: PROTOCOL.key of OpenSSH.
 * @throws SshKeyError for another armour or type, and for a key behind another passphrase
 */
export function parseSshPrivateKey(text: string, passphrase?: string): SshPrivateKey {
  const encoded = armour.exec(text)?.[1];
  if (encoded === undefined) {
    throw new SshKeyError("read SSH private key: want -----BEGIN OPENSSH PRIVATE KEY----- (ssh-keygen writes it)");
  }
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.subarray(0, magic.length).toString("latin1") !== magic)
    throw new SshKeyError("read SSH private key: unknown format");
  const reader = new SshReader(bytes.subarray(magic.length));
  const cipher = reader.text();
  if (cipher !== "none" && passphrase === undefined) {
    const message = `read SSH private key: it is encrypted with ${cipher}, want one without a passphrase`;
    throw new SshKeyError(message, "encrypted");
  }
  const kdf = { name: reader.text(), options: reader.string() };
  if (reader.uint32() !== 1) throw new SshKeyError("read SSH private key: the file holds more than one key");
  const publicBlob = new Uint8Array(reader.string());
  const content = reader.string();
  const open = cipher === "none" ? content : decryptPrivateKey(content, { cipher, kdf, passphrase: passphrase ?? "" });
  const inner = new SshReader(open);
  if (inner.uint32() !== inner.uint32()) throw damaged(cipher);
  const type = inner.text();
  return { type, key: keyOf(type, inner), publicBlob };
}

function damaged(cipher: string): SshKeyError {
  if (cipher === "none") return new SshKeyError("read SSH private key: it is damaged");
  return new SshKeyError("read SSH private key: the passphrase is wrong", "passphrase");
}

function keyOf(type: string, reader: SshReader): KeyObject {
  try {
    return createPrivateKey({ format: "jwk", key: jwkOf(type, reader) });
  } catch (error) {
    if (error instanceof SshKeyError) throw error;
    // What the library says may quote the key.
    throw new SshKeyError(`read SSH private key: its parts are no key of type ${JSON.stringify(type)}`);
  }
}

function jwkOf(type: string, reader: SshReader): JsonWebKeyParts {
  if (type === "ssh-ed25519") {
    const x = reader.string();
    return { kty: "OKP", crv: "Ed25519", x: base64url(x), d: base64url(reader.string().subarray(0, 32)) };
  }
  if (type === "ssh-rsa") return rsaJwk(reader);
  const curve = curves[type.replace(/^ecdsa-sha2-/, "")];
  if (!curve) {
    throw new SshKeyError(
      `read SSH private key: type ${JSON.stringify(type)} is not supported, want Ed25519, RSA or ECDSA`,
    );
  }
  reader.string();
  const point = reader.string().subarray(1);
  const size = point.length / 2;
  const scalar = padded(reader.string(), size);
  return {
    kty: "EC",
    crv: curve,
    x: base64url(point.subarray(0, size)),
    y: base64url(point.subarray(size)),
    d: base64url(scalar),
  };
}

type JsonWebKeyParts = Record<string, string> & { kty: string };

function rsaJwk(reader: SshReader): JsonWebKeyParts {
  const [n, e, d, iqmp, p, q] = Array.from({ length: 6 }, () => integer(reader.string()));
  if (
    n === undefined ||
    e === undefined ||
    d === undefined ||
    p === undefined ||
    q === undefined ||
    iqmp === undefined
  ) {
    throw new SshKeyError("read SSH private key: it ends too early");
  }
  const parts = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: iqmp };
  return { kty: "RSA", ...mapValues(parts, (value) => base64url(bytesOf(value))) };
}

function mapValues(parts: Readonly<Record<string, bigint>>, change: (value: bigint) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, change(value)]));
}

function integer(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function padded(bytes: Buffer, size: number): Buffer {
  const significant = bytes.subarray(Math.max(0, bytes.length - size));
  return Buffer.concat([Buffer.alloc(size - significant.length), significant]);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
