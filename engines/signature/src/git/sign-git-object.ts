import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { messageOf } from "@eddy/core/errors";
import { parseSshPrivateKey, SshKeyError, sshPublicKeyOf, sshString } from "@eddy/core/ssh";
import { signatureError } from "../signature-error.ts";

/** A key to sign with. */
export interface SigningKey {
  /** An armoured OpenPGP private key, or an SSH private key in OpenSSH's armour or PEM. */
  readonly type: "gpg" | "ssh";
  readonly key: string;
  readonly passphrase?: string;
}

/** Signs what a commit or tag says without its signature; armoured. */
export type GitSigner = (payload: Uint8Array) => Promise<string>;

/**
 * Reads a key once, for any number of signatures. OpenPGP's library is loaded when it is first used.
 * @throws EddyError SIGNING_KEY (it cannot be read), SIGNING_KEY_SEVERAL (it is not clear which one), SIGNING_KEY_ENCRYPTED (a passphrase
 * is needed), SIGNING_KEY_PASSPHRASE (it is wrong); all terminal, and none says anything of the key
 */
export async function createGitSigner(signingKey: SigningKey): Promise<GitSigner> {
  return signingKey.type === "ssh" ? sshSigner(signingKey) : await openPgpSigner(signingKey);
}

async function openPgpSigner({ key, passphrase }: SigningKey): Promise<GitSigner> {
  const openpgp = await import("openpgp");
  const keys = await openpgp.readPrivateKeys({ armoredKeys: key }).catch((cause: unknown) => {
    throw signatureError("SIGNING_KEY", messageOf(cause), cause);
  });
  const [only] = keys;
  if (only === undefined) throw signatureError("SIGNING_KEY", "there is no private key");
  if (keys.length > 1) throw signatureError("SIGNING_KEY_SEVERAL", `there are ${keys.length} keys, want one`);
  if (!only.isDecrypted() && passphrase === undefined)
    throw signatureError("SIGNING_KEY_ENCRYPTED", "the key is encrypted, want its passphrase");
  const signingKeys = only.isDecrypted()
    ? only
    : await openpgp.decryptKey({ privateKey: only, passphrase: passphrase ?? "" }).catch((cause: unknown) => {
        throw signatureError("SIGNING_KEY_PASSPHRASE", "the passphrase is wrong", cause);
      });
  return async (payload) => {
    const message = await openpgp.createMessage({ binary: payload });
    const armored = await openpgp.sign({ message, signingKeys, detached: true, format: "armored" });
    return armored.replaceAll("\r\n", "\n");
  };
}

function sshSigner({ key: text, passphrase }: SigningKey): GitSigner {
  const key = readSshKey(text, passphrase);
  const { type, blob } = sshPublicKeyOf(key);
  if (type === "ssh-rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048)
    throw signatureError("SIGNING_KEY", "the RSA key has less than 2048 bits");
  return (payload) => Promise.resolve(armour(sshSignature(key, type, blob, payload)));
}

function readSshKey(text: string, passphrase: string | undefined): KeyObject {
  if (!text.includes("-----BEGIN OPENSSH PRIVATE KEY-----")) return readPem(text, passphrase);
  try {
    return parseSshPrivateKey(text, passphrase).key;
  } catch (error) {
    const problem = error instanceof SshKeyError ? error.problem : "invalid";
    if (problem === "encrypted")
      throw signatureError("SIGNING_KEY_ENCRYPTED", "the key is encrypted, want its passphrase");
    if (problem === "passphrase") throw signatureError("SIGNING_KEY_PASSPHRASE", "the passphrase is wrong");
    throw signatureError("SIGNING_KEY", messageOf(error), error);
  }
}

function readPem(text: string, passphrase: string | undefined): KeyObject {
  const isEncrypted = /ENCRYPTED/.test(text);
  if (isEncrypted && passphrase === undefined)
    throw signatureError("SIGNING_KEY_ENCRYPTED", "the key is encrypted, want its passphrase");
  try {
    return createPrivateKey({ key: text, ...(isEncrypted ? { passphrase: passphrase ?? "" } : {}) });
  } catch {
    // What the library says may quote the key.
    if (isEncrypted) throw signatureError("SIGNING_KEY_PASSPHRASE", "the passphrase is wrong, or the key is damaged");
    throw signatureError("SIGNING_KEY", "it is no SSH private key");
  }
}

const hashAlgorithm = "sha512";
const curveHashes: Readonly<Record<string, string>> = { nistp256: "sha256", nistp384: "sha384", nistp521: "sha512" };

/** Source: PROTOCOL.sshsig of OpenSSH; Git's namespace is `git`. */
function sshSignature(key: KeyObject, type: string, publicBlob: Uint8Array, payload: Uint8Array): Buffer {
  const digest = createHash(hashAlgorithm).update(payload).digest();
  const fields = [sshString("git"), sshString(""), sshString(hashAlgorithm)];
  const signed = Buffer.concat([Buffer.from("SSHSIG"), ...fields, sshString(digest)]);
  const version = Buffer.from([0, 0, 0, 1]);
  const own = sshString(signatureBlob(key, type, signed));
  return Buffer.concat([Buffer.from("SSHSIG"), version, sshString(publicBlob), ...fields, own]);
}

function signatureBlob(key: KeyObject, type: string, signed: Buffer): Buffer {
  if (type === "ssh-rsa") return Buffer.concat([sshString("rsa-sha2-512"), sshString(sign("sha512", signed, key))]);
  if (type === "ssh-ed25519") return Buffer.concat([sshString(type), sshString(sign(null, signed, key))]);
  const hash = curveHashes[type.replace(/^ecdsa-sha2-/, "")] ?? "sha256";
  const pair = sign(hash, signed, { key, dsaEncoding: "ieee-p1363" });
  const [r, s] = [pair.subarray(0, pair.length / 2), pair.subarray(pair.length / 2)].map(positiveInteger);
  return Buffer.concat([sshString(type), sshString(Buffer.concat([r ?? Buffer.alloc(0), s ?? Buffer.alloc(0)]))]);
}

/** Source: RFC 4251, section 5, `mpint`. */
function positiveInteger(bytes: Buffer): Buffer {
  const start = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0),
  );
  const significant = bytes.subarray(start);
  return sshString((significant[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), significant]) : significant);
}

function armour(content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}
