import { signatureError } from "../signature-error.ts";
import { parseAllowedKeys } from "./allowed-keys.ts";
import { verifyOpenPgp } from "./open-pgp.ts";
import { checkSshSignature, fingerprintOf, parseSshSignature } from "./ssh-signature.ts";

/** A commit or an annotated tag, as far as its signature goes. */
export interface SignedGitObject {
  /** The object without its signature, byte for byte. */
  payload: Uint8Array;
  /** Armored; absent when it is not signed. */
  signature: string | undefined;
}

/** Who is trusted. */
export interface TrustedSigners {
  /** Armored key rings. */
  openPgp: readonly string[];
  /** Texts as `authorized_keys` or `allowed_signers` have them. */
  ssh: readonly string[];
}

/**
 * The key that signed a commit or tag: 16 hex digits of OpenPGP, or `SHA256:…` of SSH.
 * @throws EddyError SIGNATURE_NONE, SIGNATURE_INVALID (retry), SIGNATURE_KEY (terminal)
 */
export async function verifyGitObject(
  { payload, signature }: SignedGitObject,
  trusted: TrustedSigners,
): Promise<string> {
  if (signature === undefined || signature.trim() === "") throw signatureError("SIGNATURE_NONE", "it is not signed");
  if (signature.includes("-----BEGIN SSH SIGNATURE-----")) return verifySsh(payload, signature, trusted.ssh);
  if (signature.includes("-----BEGIN PGP SIGNATURE-----"))
    return await verifyOpenPgp(payload, signature, trusted.openPgp);
  throw signatureError("SIGNATURE_INVALID", "its signature is neither OpenPGP's nor SSH's");
}

function verifySsh(payload: Uint8Array, armored: string, texts: readonly string[]): string {
  const signature = parseSshSignature(armored);
  const fingerprint = fingerprintOf(signature.publicKey);
  const isTrusted = texts.some((text) => parseAllowedKeys(text).has(fingerprint));
  if (!isTrusted) {
    throw signatureError("SIGNATURE_INVALID", `the key ${fingerprint} that signed it is not among the given SSH keys`);
  }
  checkSshSignature(payload, signature, "git");
  return fingerprint;
}
