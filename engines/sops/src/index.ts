/**
 * SOPS files: reads, decrypts, checks, encrypts and edits them in YAML, JSON, dotenv, INI and binary form.
 *
 * Knows age and OpenPGP keys; key services on the network are ports. Entry points: {@link decryptFile}, {@link encryptFile},
 * {@link openFile}, {@link rotateFile}.
 */
export { decryptFile, type DecryptedFile, type DecryptOptions, decryptWithKey } from "./decrypt-file.ts";
export { encryptFile, type EncryptOptions, openFile, type OpenedFile, rotateFile } from "./encrypt-file.ts";
export { type EncryptedFile, readEncryptedFile } from "./file.ts";
export type { EncodeOptions, FormatName } from "./formats/format.ts";
export { formatOfPath, isFormatName } from "./formats/formats.ts";
export { createAgeKeys } from "./keys/age.ts";
export { recoverDataKey } from "./keys/data-key.ts";
export {
  type KeyGroup,
  type KeyService,
  type KeyServices,
  type MasterKey,
  type MasterKeyType,
  nameOfKey,
} from "./keys/master-key.ts";
export { createPgpKeys, type PgpKeysOptions } from "./keys/pgp.ts";
export type { Metadata } from "./metadata/metadata.ts";
export { type CreationRule, parseSopsConfig, type SopsConfig } from "./rules/creation-rules.ts";
export type { EncryptionRules } from "./rules/encryption-rules.ts";
export { SopsError } from "./sops-error.ts";
export { splitYamlStream, type StreamPart } from "./yaml-stream.ts";
