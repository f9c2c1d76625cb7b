import { parseSshPublicKey, SshKeyError } from "@eddy/core/ssh";
import { signatureError } from "../signature-error.ts";
import { fingerprintOf } from "./ssh-signature.ts";

const keyTypes = /(?:^|\s)((?:ssh-|ecdsa-sha2-|sk-)\S+\s+[A-Za-z0-9+/=]+.*)$/;

/**
 * The keys of a text as `authorized_keys` or `allowed_signers` have them, by fingerprint: whatever stands before the key's
 * type (principals, options) is passed over.
 * @throws EddyError SIGNATURE_KEY (terminal) naming the line
 */
export function parseAllowedKeys(text: string): Map<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const { blob } = readKey(keyTypes.exec(trimmed)?.[1], index + 1);
    keys.set(fingerprintOf(blob), blob);
  }
  return keys;
}

function readKey(key: string | undefined, line: number): { blob: Uint8Array } {
  try {
    if (key !== undefined) return parseSshPublicKey(key);
  } catch (error) {
    if (!(error instanceof SshKeyError)) throw error;
  }
  throw signatureError("SIGNATURE_KEY", `read SSH public keys: line ${line} is no key`);
}
