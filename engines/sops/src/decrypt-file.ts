import { decryptTree } from "./decrypt.ts";
import { macError } from "./encrypt-file.ts";
import { type EncryptedFile, readEncryptedFile } from "./file.ts";
import type { EncodeOptions, FormatName } from "./formats/format.ts";
import { formatNamed } from "./formats/formats.ts";
import { recoverDataKey } from "./keys/data-key.ts";
import type { KeyServices } from "./keys/master-key.ts";

/** How a file is decrypted. */
export interface DecryptOptions {
  /** Decrypt although the MAC does not match or is missing, as Flux does; refused unless given. */
  ignoreMac?: boolean;
  encode?: EncodeOptions;
  /** Written in this format instead of its own. */
  outputFormat?: FormatName;
  /** Named in errors. */
  file?: string;
  signal?: AbortSignal;
}

/** A file in plain text. */
export interface DecryptedFile {
  plain: Uint8Array;
  mac: "matched" | "mismatched" | "missing";
  /** Texts that were encrypted: register them for masking before anything else. */
  secrets: readonly string[];
}

/** Decrypts a file with its data key, which {@link recoverDataKey} gives. @throws SopsError `SOPS_MAC_MISMATCH` and others */
export function decryptWithKey(
  encrypted: EncryptedFile,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): DecryptedFile {
  const { branches, mac, secrets } = decryptTree(encrypted, dataKey);
  if (mac !== "matched" && options.ignoreMac !== true) throw macError(mac, options.file);
  const plain = formatNamed(options.outputFormat ?? encrypted.format).encode(branches, options.encode);
  return { plain, mac, secrets };
}

/** Decrypts a file. @throws SopsError */
export async function decryptFile(
  bytes: Uint8Array,
  format: FormatName,
  services: KeyServices,
  options: DecryptOptions = {},
): Promise<DecryptedFile> {
  const encrypted = readEncryptedFile(bytes, format, options.file);
  return decryptWithKey(encrypted, await recoverDataKey(encrypted.metadata, services, options.signal), options);
}
