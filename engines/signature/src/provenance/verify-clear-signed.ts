import { messageOf } from "@eddy/core/errors";
import { signatureError } from "../signature-error.ts";
import { readKeyRing } from "./key-ring.ts";

/** Who signed a text, and what they signed. */
export interface ClearSigned {
  readonly text: string;
  /** Names of the key, as `Jane (work) <jane@example.org>`. */
  readonly identities: readonly string[];
  /** Of the primary key, upper-case hexadecimal. */
  readonly fingerprint: string;
}

const maxSignedBytes = 1024 * 1024;

/**
 * Verifies a clear-signed text, such as a chart's provenance file, with the keys of a key ring. A key that has expired since signs no more.
 * @throws EddyError SIGNATURE_KEY (terminal), SIGNATURE_NONE (it is not signed), SIGNATURE_INVALID
 */
export async function verifyClearSigned(signed: string, keyRing: Uint8Array): Promise<ClearSigned> {
  const keys = await readKeyRing(keyRing);
  if (signed.length > maxSignedBytes)
    throw signatureError("SIGNATURE_INVALID", `the signed text has more than ${maxSignedBytes} bytes`);
  const start = signed.search(/^-----BEGIN PGP SIGNED MESSAGE-----/m);
  if (start < 0) throw signatureError("SIGNATURE_NONE", "signature block not found");
  const openpgp = await import("openpgp");
  const message = await openpgp
    .readCleartextMessage({ cleartextMessage: signed.slice(start) })
    .catch((cause: unknown) => {
      throw signatureError("SIGNATURE_NONE", `signature block not found: ${messageOf(cause)}`, cause);
    });
  const result = await openpgp.verify({ message, verificationKeys: keys });
  let reason = "openpgp: signature made by unknown entity";
  for (const { keyID, verified } of result.signatures) {
    const signer = keys.find((key) => key.getKeys(keyID).length > 0);
    if (!signer) continue;
    try {
      await verified;
      return {
        text: result.data,
        identities: signer.getUserIDs(),
        fingerprint: signer.getFingerprint().toUpperCase(),
      };
    } catch (error) {
      reason = `openpgp: invalid signature: ${messageOf(error)}`;
    }
  }
  throw signatureError("SIGNATURE_INVALID", reason);
}
