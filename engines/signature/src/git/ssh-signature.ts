import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { SshReader, sshString } from "@eddy/core/ssh";
import { signatureError } from "../signature-error.ts";

/** An armored SSH signature, read. Source: PROTOCOL.sshsig of OpenSSH. */
export interface SshSignature {
  publicKey: Uint8Array;
  namespace: string;
  hashAlgorithm: string;
  /** Type, and the parts that depend on it. */
  signature: Uint8Array;
}

const armour = /-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----/;
const magic = Buffer.from("SSHSIG");

/** @throws EddyError SIGNATURE_INVALID */
export function parseSshSignature(text: string): SshSignature {
  const encoded = armour.exec(text)?.[1];
  if (encoded === undefined) throw invalid("it is no SSH signature");
  try {
    const reader = new SshReader(Buffer.from(encoded, "base64"));
    if (!reader.take(magic.length).equals(magic) || reader.uint32() !== 1) throw invalid("its version is not 1");
    const publicKey = new Uint8Array(reader.string());
    const namespace = reader.text();
    reader.string();
    return { publicKey, namespace, hashAlgorithm: reader.text(), signature: new Uint8Array(reader.string()) };
  } catch (cause) {
    throw invalid("it cannot be read", cause);
  }
}

function invalid(detail: string, cause?: unknown): ReturnType<typeof signatureError> {
  return signatureError("SIGNATURE_INVALID", `verify SSH signature: ${detail}`, cause);
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(publicKey).digest("base64").replaceAll("=", "")}`;
}

/**
 * Whether a payload was signed by the key that the signature names, for the namespace.
 * @throws EddyError SIGNATURE_INVALID with why not
 */
export function checkSshSignature(payload: Uint8Array, signature: SshSignature, namespace: string): void {
  if (signature.namespace !== namespace) {
    throw invalid(`it is for ${JSON.stringify(signature.namespace)}, want ${JSON.stringify(namespace)}`);
  }
  const { hashAlgorithm } = signature;
  if (hashAlgorithm !== "sha256" && hashAlgorithm !== "sha512") {
    throw invalid(`it hashes with ${JSON.stringify(hashAlgorithm)}, want sha256 or sha512`);
  }
  const digest = createHash(hashAlgorithm).update(payload).digest();
  const signed = Buffer.concat([
    magic,
    sshString(namespace),
    sshString(""),
    sshString(hashAlgorithm),
    sshString(digest),
  ]);
  if (!verifyBlob(signed, signature)) throw invalid("it does not match the content");
}

const curves: Readonly<Record<string, { name: string; hash: string }>> = {
  nistp256: { name: "P-256", hash: "sha256" },
  nistp384: { name: "P-384", hash: "sha384" },
  nistp521: { name: "P-521", hash: "sha512" },
};
// SHA-1 is not among them: it can be forged.
const rsaHashes: Readonly<Record<string, string>> = { "rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512" };

function verifyBlob(signed: Buffer, { publicKey, signature }: SshSignature): boolean {
  const key = new SshReader(publicKey);
  const keyType = key.text();
  const reader = new SshReader(signature);
  const type = reader.text();
  const blob = reader.string();
  const rsaHash = rsaHashes[type];
  if (keyType === "ssh-rsa" && rsaHash !== undefined) return verify(rsaHash, signed, rsaKey(key), blob);
  if (type !== keyType)
    throw invalid(`a key of type ${JSON.stringify(keyType)} made a signature of type ${JSON.stringify(type)}`);
  if (type === "ssh-ed25519") return verify(null, signed, ed25519Key(key.string()), blob);
  if (type === "sk-ssh-ed25519@openssh.com") {
    const own = ed25519Key(key.string());
    return verify(null, withAuthenticatorData(signed, key.string(), reader), own, blob);
  }
  const isSecurityKey = type === "sk-ecdsa-sha2-nistp256@openssh.com";
  const curve = isSecurityKey ? curves["nistp256"] : curves[type.replace(/^ecdsa-sha2-/, "")];
  if (!curve) throw invalid(`keys of type ${JSON.stringify(type)} are not supported`);
  key.string();
  const own = ecdsaKey(key.string(), curve.name);
  const content = isSecurityKey ? withAuthenticatorData(signed, key.string(), reader) : signed;
  return verify(curve.hash, content, { key: own, dsaEncoding: "der" }, derOf(blob));
}

/** What a security key signs: the application, its flags and counter, and the content. Source: PROTOCOL.u2f of OpenSSH. */
function withAuthenticatorData(signed: Buffer, application: Buffer, reader: SshReader): Buffer {
  const flagsAndCounter = reader.take(5);
  const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  // Bit 0: somebody touched the key. Without that anything on the machine could have signed.
  if (((flagsAndCounter[0] ?? 0) & 1) === 0) throw invalid("nobody touched the security key");
  return Buffer.concat([sha256(application), flagsAndCounter, sha256(signed)]);
}

function ed25519Key(point: Buffer): KeyObject {
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: point.toString("base64url") } });
}

function rsaKey(reader: SshReader): KeyObject {
  const [e, n] = [reader.string(), reader.string()].map((part) => withoutZeros(part).toString("base64url"));
  const key = createPublicKey({ format: "jwk", key: { kty: "RSA", e: e ?? "", n: n ?? "" } });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 2_048) throw invalid(`the RSA key has ${bits} bits, want 2048 or more`);
  return key;
}

function ecdsaKey(point: Buffer, crv: string): KeyObject {
  const size = (point.length - 1) / 2;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map((part) => part.toString("base64url"));
  return createPublicKey({ format: "jwk", key: { kty: "EC", crv, x: x ?? "", y: y ?? "" } });
}

function withoutZeros(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}

/** Two integers of SSH's wire format as the DER sequence that the library wants. */
function derOf(blob: Buffer): Buffer {
  const reader = new SshReader(blob);
  const integers = [reader.string(), reader.string()].map((bytes) =>
    Buffer.concat([Buffer.from([2, bytes.length]), bytes]),
  );
  const body = Buffer.concat(integers);
  const length = body.length < 128 ? [body.length] : [0x81, body.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
}
