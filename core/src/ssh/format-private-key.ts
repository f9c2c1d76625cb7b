import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { SshKeyError } from "./ssh-key-error.ts";
import type { SshPublicKey } from "./public-key.ts";
import { SshReader, sshString } from "./wire.ts";

const magic = "openssh-key-v1\0";
const curveNames: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };
const blockSize = 8;

/** The public key of a key, private or public: Ed25519, RSA or ECDSA. @throws SshKeyError for another type */
export function sshPublicKeyOf(key: KeyObject): SshPublicKey {
  const { kty, crv = "", x = "", y = "", n = "", e = "" } = jwkOf(key.type === "private" ? createPublicKey(key) : key);
  if (kty === "OKP" && crv === "Ed25519") return publicKey("ssh-ed25519", sshString(decode(x)));
  if (kty === "RSA") return publicKey("ssh-rsa", mpint(e), mpint(n));
  const curve = curveNames[crv];
  if (kty !== "EC" || curve === undefined) throw unsupported();
  const point = Buffer.concat([Buffer.from([4]), decode(x), decode(y)]);
  return publicKey(`ecdsa-sha2-${curve}`, sshString(curve), sshString(point));
}

/** A private key in OpenSSH's own armour, without a passphrase. Source: PROTOCOL.key of OpenSSH. @throws SshKeyError */
export function formatSshPrivateKey(key: KeyObject, comment: string = ""): string {
  const { type, blob } = sshPublicKeyOf(key);
  // Only there to see whether a passphrase was right: any value does, as long as it stands there twice.
  const check = createHash("sha256").update(blob).digest().subarray(0, 4);
  const fields = [check, check, sshString(type), ...privateFields(key), sshString(comment)];
  const length = fields.reduce((sum, field) => sum + field.length, 0);
  const padding = Buffer.from(
    Array.from({ length: (blockSize - (length % blockSize)) % blockSize }, (_, at) => at + 1),
  );
  const one = Buffer.from([0, 0, 0, 1]);
  const content = Buffer.concat([
    Buffer.from(magic),
    sshString("none"),
    sshString("none"),
    sshString(""),
    one,
    sshString(blob),
    sshString(Buffer.concat([...fields, padding])),
  ]);
  const lines = content.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;

/**
 * The public part of a private key in OpenSSH's armour or in PEM. OpenSSH's own tells it without the passphrase, which is only
 * needed, and only checked, for PEM.
 * @throws SshKeyError for what is no such key, or a wrong passphrase
 */
export function publicPartOf(text: string, passphrase?: string): SshPublicKey {
  const encoded = armour.exec(text)?.[1];
  if (encoded === undefined) return sshPublicKeyOf(pemKey(text, passphrase));
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.subarray(0, magic.length).toString("latin1") !== magic)
    throw new SshKeyError("read SSH private key: unknown format");
  const reader = new SshReader(bytes.subarray(magic.length));
  for (let skipped = 0; skipped < 3; skipped++) reader.string();
  if (reader.uint32() !== 1) throw new SshKeyError("read SSH private key: the file holds more than one key");
  const blob = new Uint8Array(reader.string());
  return { type: new SshReader(blob).text(), blob, comment: "" };
}

function pemKey(text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase ? { passphrase } : {}) });
  } catch {
    // What the library says may quote the key.
    throw new SshKeyError("read SSH private key: it is none in OpenSSH's format or PEM, or the passphrase is wrong");
  }
}

function publicKey(type: string, ...parts: readonly Buffer[]): SshPublicKey {
  return { type, blob: new Uint8Array(Buffer.concat([sshString(type), ...parts])), comment: "" };
}

function privateFields(key: KeyObject): Buffer[] {
  const jwk = jwkOf(key);
  const part = (name: keyof JsonWebKey): Buffer => decode(String(jwk[name] ?? ""));
  if (jwk.kty === "OKP") return [sshString(part("x")), sshString(Buffer.concat([part("d"), part("x")]))];
  if (jwk.kty === "RSA") return (["n", "e", "d", "qi", "p", "q"] as const).map((name) => mpint(String(jwk[name])));
  const point = Buffer.concat([Buffer.from([4]), part("x"), part("y")]);
  return [sshString(curveNames[jwk.crv ?? ""] ?? ""), sshString(point), mpint(String(jwk.d))];
}

function jwkOf(key: KeyObject): JsonWebKey {
  try {
    return key.export({ format: "jwk" });
  } catch {
    throw unsupported();
  }
}

function unsupported(): SshKeyError {
  return new SshKeyError("format SSH key: the type is not supported, want Ed25519, RSA or ECDSA over a NIST curve");
}

function decode(text: string): Buffer {
  return Buffer.from(text, "base64url");
}

/** A positive integer: no zeros in front but the one that keeps it positive. Source: RFC 4251, section 5. */
function mpint(text: string): Buffer {
  const bytes = decode(text);
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
  const isNegative = (significant[0] ?? 0) >= 0x80;
  return sshString(isNegative ? Buffer.concat([Buffer.from([0]), significant]) : significant);
}
