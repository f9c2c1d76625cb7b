import type { Key } from "openpgp";
import { Buffer } from "node:buffer";
import { messageOf } from "@eddy/core/errors";
import { signatureError } from "../signature-error.ts";
import { keyboxKeys } from "./keybox.ts";

const maxKeyRingBytes = 64 * 1024 * 1024;
const armourStart = "-----BEGIN PGP";

/**
 * Reads a key ring: OpenPGP packets (`pubring.gpg`, `secring.gpg`), a keybox (`pubring.kbx`), or armoured blocks one behind the other.
 * Source: Helm `pkg/provenance/sign.go`.
 * @throws EddyError SIGNATURE_KEY (terminal); says nothing of a private key.
 */
export async function readKeyRing(bytes: Uint8Array): Promise<Key[]> {
  const openpgp = await import("openpgp");
  if (bytes.length > maxKeyRingBytes)
    throw signatureError("SIGNATURE_KEY", `the key ring has more than ${maxKeyRingBytes} bytes`);
  const text = Buffer.from(bytes).toString("latin1");
  const keys: Key[] = [];
  if (text.trimStart().startsWith(armourStart))
    for (const armoredKeys of armouredBlocks(text)) keys.push(...(await reading(openpgp.readKeys({ armoredKeys }))));
  else keys.push(...(await reading(openpgp.readKeys({ binaryKeys: isKeybox(bytes) ? keyboxKeys(bytes) : bytes }))));
  if (keys.length === 0) throw signatureError("SIGNATURE_KEY", "no keys found");
  return keys;
}

async function reading(keys: Promise<Key[]>): Promise<Key[]> {
  try {
    return await keys;
  } catch (cause) {
    throw signatureError("SIGNATURE_KEY", messageOf(cause), cause);
  }
}

function armouredBlocks(text: string): string[] {
  return text
    .split(/^(?=-----BEGIN PGP)/m)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) => {
      const type = /^-----BEGIN PGP (.*?)-----/.exec(block)?.[1] ?? "";
      if (type === "PUBLIC KEY BLOCK" || type === "PRIVATE KEY BLOCK") return block;
      throw signatureError("SIGNATURE_KEY", `expected a public or private key block, got "PGP ${type}"`);
    });
}

function isKeybox(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && bytes[4] === 1 && Buffer.from(bytes.subarray(8, 12)).toString("latin1") === "KBXf";
}
