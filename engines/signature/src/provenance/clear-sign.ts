import type { PrivateKey } from "openpgp";
import { signatureError } from "../signature-error.ts";
import { readKeyRing } from "./key-ring.ts";

/** Which key signs. */
export interface ClearSignOptions {
  readonly keyRing: Uint8Array;
  /** Part of a name of the key, or all of it. */
  readonly keyName: string;
  /** Asked for where the key is locked; gets the key's name. */
  readonly passphrase: (name: string) => Promise<string>;
}

/**
 * Signs texts, the last line break aside, in the form that Helm's provenance files have. Source: Helm `provenance.Signatory`.
 * @throws EddyError SIGNATURE_KEY, SIGNING_KEY, SIGNING_KEY_SEVERAL, SIGNING_KEY_PASSPHRASE (all terminal)
 */
export async function createClearSigner(options: ClearSignOptions): Promise<(text: string) => Promise<string>> {
  const openpgp = await import("openpgp");
  const key = await unlocked(await chooseKey(options), options);
  return async (text) => {
    const message = await openpgp.createCleartextMessage({ text: text.replace(/\n$/, "") });
    const signed = await openpgp.sign({
      message,
      signingKeys: key,
      config: { preferredHashAlgorithm: openpgp.enums.hash.sha512 },
    });
    return signed.replaceAll("\r\n", "\n").trimEnd();
  };
}

async function chooseKey({ keyRing, keyName }: ClearSignOptions): Promise<PrivateKey> {
  const keys = await readKeyRing(keyRing);
  const exact = keys.find((key) => key.getUserIDs().includes(keyName));
  const partial = keys.filter((key) => key.getUserIDs().some((name) => name.includes(keyName)));
  if (!exact && partial.length > 1)
    throw signatureError("SIGNING_KEY_SEVERAL", `more than one key contain the id ${JSON.stringify(keyName)}`);
  const key = exact ?? partial[0];
  if (keyName === "" || !key) throw signatureError("SIGNING_KEY", "private key not found");
  if (key.isPrivate()) return key;
  const hint = "Try providing a keyring with secret keys";
  throw signatureError("SIGNING_KEY", `provided key is not a private key. ${hint}`);
}

async function unlocked(key: PrivateKey, { passphrase }: ClearSignOptions): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  const openpgp = await import("openpgp");
  const words = await passphrase(key.getUserIDs()[0] ?? "Unknown");
  return openpgp.decryptKey({ privateKey: key, passphrase: words }).catch((cause: unknown) => {
    throw signatureError("SIGNING_KEY_PASSPHRASE", "openpgp: invalid data: private key checksum failure", cause);
  });
}
