import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { EddyError, messageOf } from "@eddy/core/errors";
import { formatSshPrivateKey, formatSshPublicKey, publicPartOf, sshPublicKeyOf } from "@eddy/core/ssh";
import { usage } from "../command/usage.ts";

/** Which key is made. */
export interface SshKeyKind {
  algorithm: string;
  rsaBits: number;
  ecdsaCurve: string;
}

/** A key pair as a Secret holds it: `identity.pub` is one line. */
export interface SshKeyPair {
  identity: string;
  publicKey: string;
}

const curves: Readonly<Record<string, string>> = { p256: "P-256", p384: "P-384", p521: "P-521" };
const generate = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ privateKey: KeyObject }>;

/** A new key pair without a passphrase. @throws EddyError USAGE (terminal) for a kind that there is not */
export async function generateSshKeyPair({ algorithm, rsaBits, ecdsaCurve }: SshKeyKind): Promise<SshKeyPair> {
  const curve = curves[ecdsaCurve.toLowerCase()];
  const kinds: Readonly<Record<string, () => [string, object]>> = {
    ed25519: () => ["ed25519", {}],
    ecdsa: () => ["ec", { namedCurve: curve }],
    rsa: () => ["rsa", { modulusLength: rsaBits }],
  };
  const kind = kinds[algorithm];
  if (!kind) throw usage(`unsupported public key algorithm '${algorithm}', must be one of: rsa, ecdsa, ed25519`);
  if (algorithm === "ecdsa" && !curve)
    throw usage(`unsupported curve '${ecdsaCurve}', must be one of: p256, p384, p521`);
  if (algorithm === "rsa" && (!Number.isInteger(rsaBits) || rsaBits < 2048 || rsaBits > 16_384 || rsaBits % 8 !== 0))
    throw usage(`RSA key bit size must be a multiple of 8 from 2048 to 16384, got ${rsaBits}`);
  const { privateKey } = await generate(...kind());
  return {
    identity: formatSshPrivateKey(privateKey),
    publicKey: lineOf(formatSshPublicKey(sshPublicKeyOf(privateKey))),
  };
}

/**
 * The pair of a private key that is there already.
 * @throws EddyError USAGE (terminal) for what is no key, or a passphrase that does not fit
 */
export function loadSshKeyPair(identity: string, passphrase: string | undefined): SshKeyPair {
  try {
    const publicKey = formatSshPublicKey(publicPartOf(identity, passphrase));
    requirePassphrase(identity, passphrase);
    return { identity, publicKey: lineOf(publicKey) };
  } catch (cause) {
    if (cause instanceof EddyError && cause.code === "USAGE") throw cause;
    throw usage(messageOf(cause));
  }
}

/** OpenSSH's own format tells the public part of any key: that its passphrase is missing is seen by its cipher. */
function requirePassphrase(identity: string, passphrase: string | undefined): void {
  if (passphrase || !/BEGIN OPENSSH PRIVATE KEY/.test(identity)) return;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(identity)?.[1] ?? "";
  const cipher = Buffer.from(body, "base64").subarray(19, 23).toString("latin1");
  if (cipher !== "none") throw usage("ssh: this private key is passphrase protected, pass --password");
}

function lineOf(publicKey: string): string {
  return `${publicKey}\n`;
}
