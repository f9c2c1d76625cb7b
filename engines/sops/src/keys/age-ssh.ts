import { Buffer } from "node:buffer";
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import { type Identity, type Recipient, Stanza } from "age-encryption";
import { parseSshPrivateKey, parseSshPublicKey, SshReader } from "@eddy/core/ssh";
import { SopsError } from "../sops-error.ts";

// Source: age's agessh package, version 1: stanzas `ssh-ed25519` and `ssh-rsa`.
const ed25519Label = "age-encryption.org/v1/ssh-ed25519";
const rsaLabel = Buffer.from("age-encryption.org/v1/ssh-rsa");

/** Whether a recipient is an SSH public key. */
export function isSshRecipient(text: string): boolean {
  return /^ssh-(?:ed25519|rsa) /.test(text);
}

/** A recipient from the line of an SSH public key. @throws SshKeyError, SopsError for other types */
export function sshRecipient(line: string): Recipient {
  const { type, blob } = parseSshPublicKey(line);
  const tag = tagOf(blob);
  if (type === "ssh-ed25519") return { wrapFileKey: (fileKey) => [wrapEd25519(fileKey, blob, tag)] };
  if (type === "ssh-rsa") return { wrapFileKey: (fileKey) => [wrapRsa(fileKey, blob, tag)] };
  throw new SopsError(`use SSH key of type ${JSON.stringify(type)} as age recipient: want ssh-ed25519 or ssh-rsa`);
}

/** An identity from an OpenSSH private key. @throws SshKeyError, SopsError for other types */
export function sshIdentity(text: string): Identity {
  const { type, key, publicBlob } = parseSshPrivateKey(text);
  const tag = tagOf(publicBlob);
  const unwrap = type === "ssh-ed25519" ? unwrapEd25519 : type === "ssh-rsa" ? unwrapRsa : undefined;
  if (!unwrap)
    throw new SopsError(`use SSH key of type ${JSON.stringify(type)} as age identity: want ssh-ed25519 or ssh-rsa`);
  return {
    unwrapFileKey(stanzas) {
      const own = stanzas.find(({ args }) => args[0] === type && args[1] === tag);
      return own ? unwrap(own, key, publicBlob) : null;
    },
  };
}

function tagOf(blob: Uint8Array): string {
  return unpadded(createHash("sha256").update(blob).digest().subarray(0, 4));
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}

function ed25519Point(blob: Uint8Array): Buffer {
  const reader = new SshReader(blob);
  reader.string();
  return reader.string();
}

function rsaPublicKey(blob: Uint8Array): KeyObject {
  const reader = new SshReader(blob);
  reader.string();
  const [e, n] = [reader.string(), reader.string()].map((part) => withoutZeros(part).toString("base64url"));
  return createPublicKey({ format: "jwk", key: { kty: "RSA", e: e ?? "", n: n ?? "" } });
}

function withoutZeros(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}

function wrapRsa(fileKey: Uint8Array, blob: Uint8Array, tag: string): Stanza {
  const body = publicEncrypt(
    { key: rsaPublicKey(blob), oaepHash: "sha256", oaepLabel: rsaLabel, padding: constants.RSA_PKCS1_OAEP_PADDING },
    fileKey,
  );
  return new Stanza(["ssh-rsa", tag], new Uint8Array(body));
}

function unwrapRsa({ body }: Stanza, key: KeyObject): Uint8Array {
  return new Uint8Array(
    privateDecrypt({ key, oaepHash: "sha256", oaepLabel: rsaLabel, padding: constants.RSA_PKCS1_OAEP_PADDING }, body),
  );
}

function wrapEd25519(fileKey: Uint8Array, blob: Uint8Array, tag: string): Stanza {
  const theirs = montgomeryOf(ed25519Point(blob));
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const share = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const shared = diffieHellman({ privateKey, publicKey: x25519PublicKey(theirs) });
  const secret = tweaked(shared, blob);
  return new Stanza(["ssh-ed25519", tag, unpadded(share)], seal(fileKey, wrapKey(secret, share, theirs)));
}

function unwrapEd25519({ args, body }: Stanza, key: KeyObject, blob: Uint8Array): Uint8Array {
  const share = Buffer.from(args[2] ?? "", "base64");
  if (share.length !== 32) throw new SopsError("decrypt with age: the ssh-ed25519 stanza is malformed");
  const seed = Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
  const scalar = createHash("sha512").update(seed).digest().subarray(0, 32);
  const own = montgomeryOf(ed25519Point(blob));
  const privateKey = createPrivateKey({
    format: "jwk",
    key: { kty: "OKP", crv: "X25519", d: scalar.toString("base64url"), x: own.toString("base64url") },
  });
  const shared = diffieHellman({ privateKey, publicKey: x25519PublicKey(share) });
  return open(body, wrapKey(tweaked(shared, blob), share, own));
}

/** The shared secret multiplied by a scalar made from the SSH key, so that one X25519 key is not used for two things. */
function tweaked(shared: Buffer, blob: Uint8Array): Buffer {
  const tweak = Buffer.from(hkdfSync("sha256", Buffer.alloc(0), blob, ed25519Label, 32));
  // Any private key will do that multiplies by the tweak: X25519 clamps it as it does every scalar.
  const privateKey = createPrivateKey({
    format: "der",
    type: "pkcs8",
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), tweak]),
  });
  return diffieHellman({ privateKey, publicKey: x25519PublicKey(shared) });
}

function wrapKey(secret: Uint8Array, share: Uint8Array, theirs: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, Buffer.concat([share, theirs]), ed25519Label, 32));
}

function x25519PublicKey(x: Uint8Array): KeyObject {
  return createPublicKey({
    format: "jwk",
    key: { kty: "OKP", crv: "X25519", x: Buffer.from(x).toString("base64url") },
  });
}

const zeroNonce = Buffer.alloc(12);

function seal(fileKey: Uint8Array, key: Buffer): Uint8Array {
  const cipher = createCipheriv("chacha20-poly1305", key, zeroNonce, { authTagLength: 16 });
  return new Uint8Array(Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]));
}

function open(body: Uint8Array, key: Buffer): Uint8Array {
  if (body.length !== 32) throw new SopsError("decrypt with age: the ssh-ed25519 stanza is malformed");
  const decipher = createDecipheriv("chacha20-poly1305", key, zeroNonce, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(16));
  return new Uint8Array(Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]));
}

const prime = 2n ** 255n - 19n;

/** The Montgomery u of an Edwards point: (1 + y) / (1 - y). Source: RFC 7748, section 4.1. */
function montgomeryOf(point: Uint8Array): Buffer {
  const y = littleEndian(point) & (2n ** 255n - 1n);
  const u = ((1n + y) * power((1n - y + prime) % prime, prime - 2n)) % prime;
  const bytes = Buffer.alloc(32);
  for (let index = 0, rest = u; index < 32; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, rest = exponent; rest > 0n; rest >>= 1n, factor = (factor * factor) % prime) {
    if (rest & 1n) result = (result * factor) % prime;
  }
  return result;
}
