import type { Key } from "openpgp";
import { messageOf } from "@eddy/core/errors";
import { signatureError } from "../signature-error.ts";

/**
 * The key, 16 upper-case hex digits, of which a payload has a detached signature. The library is loaded when it is first used.
 * @throws EddyError SIGNATURE_KEY (terminal) for a key ring that cannot be read, SIGNATURE_INVALID
 */
export async function verifyOpenPgp(
  payload: Uint8Array,
  armored: string,
  keyRings: readonly string[],
): Promise<string> {
  const openpgp = await import("openpgp");
  const keys: Key[] = [];
  for (const armoredKeys of keyRings) {
    try {
      keys.push(...(await openpgp.readKeys({ armoredKeys })));
    } catch (cause) {
      throw signatureError("SIGNATURE_KEY", `unable to read armored key ring: ${messageOf(cause)}`, cause);
    }
  }
  const signature = await openpgp.readSignature({ armoredSignature: armored }).catch((cause: unknown) => {
    throw signatureError("SIGNATURE_INVALID", `read the OpenPGP signature: ${messageOf(cause)}`, cause);
  });
  const message = await openpgp.createMessage({ binary: payload });
  const result = await openpgp.verify({ message, signature, verificationKeys: keys, format: "binary" });
  const reasons: string[] = [];
  for (const { keyID, verified } of result.signatures) {
    try {
      await verified;
      const signer = keys.find((key) => key.getKeys(keyID).length > 0);
      return (signer?.getKeyID() ?? keyID).toHex().toUpperCase();
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw signatureError(
    "SIGNATURE_INVALID",
    `unable to verify payload with any of the given key rings: ${reasons.join("; ")}`,
  );
}
