import { randomBytes } from "node:crypto";
import { decryptTree } from "./decrypt.ts";
import { encryptTree } from "./encrypt.ts";
import { type EncryptedFile, readEncryptedFile, refuseReserved, writeEncryptedFile } from "./file.ts";
import type { EncodeOptions, FormatName } from "./formats/format.ts";
import { formatNamed } from "./formats/formats.ts";
import { encryptDataKey, recoverDataKey } from "./keys/data-key.ts";
import type { KeyGroup, KeyServices } from "./keys/master-key.ts";
import type { Metadata } from "./metadata/metadata.ts";
import type { CreationRule } from "./rules/creation-rules.ts";
import { SopsError } from "./sops-error.ts";
import type { Branch } from "./tree/tree.ts";

/** The version of the format that is written into files. */
const version = "3.13.3";
const dataKeyBytes = 32;

/** What encrypting needs beside the file. */
export interface EncryptOptions {
  rule: CreationRule;
  services: KeyServices;
  now: Date;
  encode?: EncodeOptions;
  /** Named in errors. */
  file?: string;
  signal?: AbortSignal;
}

/**
 * A plain file encrypted with a new data key.
 * @throws SopsError when the file is encrypted already, or a master key cannot be used
 */
export async function encryptFile(plain: Uint8Array, format: FormatName, options: EncryptOptions): Promise<Uint8Array> {
  const { rule, services, now, encode, file, signal } = options;
  const branches = formatNamed(format).parse(plain, file);
  for (const branch of branches) refuseReserved(branch, formatNamed(format));
  const dataKey = randomBytes(dataKeyBytes);
  const metadata = await newMetadata(ruleFor(format, rule), dataKey, services, now, signal);
  return writeEncryptedFile(encryptTree({ format, branches, metadata }, dataKey), encode);
}

/**
 * The rule as far as it is one for files of a format. A binary file is one value, under a name that nobody chose: what a rule says
 * of names or comments would leave all of it as it is. Source: sops 3.13, `IsSingleValueStore`.
 */
export function ruleFor<R extends Pick<CreationRule, "rules" | "macOnlyEncrypted">>(format: FormatName, rule: R): R {
  return format === "binary" ? { ...rule, rules: {}, macOnlyEncrypted: false } : rule;
}

async function newMetadata(
  rule: CreationRule,
  dataKey: Uint8Array,
  services: KeyServices,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<Metadata> {
  const stamp = timestamp(now);
  const stamped = rule.keyGroups.map((group) => withCreationTime(group, stamp));
  const shamirThreshold = stamped.length > 1 ? rule.shamirThreshold || stamped.length : rule.shamirThreshold;
  const keyGroups = await encryptDataKey(dataKey, { keyGroups: stamped, shamirThreshold }, services, signal);
  const hasRule = Object.keys(rule.rules).length > 0;
  return {
    keyGroups,
    shamirThreshold,
    lastModified: stamp,
    mac: "",
    macOnlyEncrypted: rule.macOnlyEncrypted,
    rules: hasRule ? rule.rules : { unencryptedSuffix: "_unencrypted" },
    version,
  };
}

function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}

function withCreationTime(group: KeyGroup, createdAt: string): KeyGroup {
  return group.map((key) => (key.type === "age" ? key : { ...key, createdAt }));
}

/** An encrypted file opened for a change: its plain text, and the way back. */
export interface OpenedFile {
  plain: Uint8Array;
  /** Whether the file was changed without its key. */
  mac: "matched" | "mismatched" | "missing";
  /** The encrypted file with other content: same data key, same nonces where values stayed, so that the diff is small. */
  save(plain: Uint8Array, now: Date): Uint8Array;
}

/** Opens a file to edit it. @throws SopsError */
export async function openFile(
  bytes: Uint8Array,
  format: FormatName,
  services: KeyServices,
  options: { encode?: EncodeOptions; file?: string; signal?: AbortSignal } = {},
): Promise<OpenedFile> {
  const encrypted = readEncryptedFile(bytes, format, options.file);
  const dataKey = await recoverDataKey(encrypted.metadata, services, options.signal);
  const { branches, mac, nonces } = decryptTree(encrypted, dataKey);
  return {
    mac,
    plain: formatNamed(format).encode(branches, options.encode),
    save(plain, now) {
      const edited: readonly Branch[] = formatNamed(format).parse(plain, options.file);
      const metadata = { ...ruleFor(format, encrypted.metadata), lastModified: timestamp(now), version };
      return writeEncryptedFile(encryptTree({ format, branches: edited, metadata }, dataKey, nonces), options.encode);
    },
  };
}

/**
 * The file with a new data key, for its own master keys or for those of a rule.
 * @throws SopsError when the MAC does not match: what was tampered with is not made valid
 */
export async function rotateFile(
  bytes: Uint8Array,
  format: FormatName,
  { rule, services, now, encode, file, signal }: Omit<EncryptOptions, "rule"> & { rule?: CreationRule },
): Promise<Uint8Array> {
  const encrypted = readEncryptedFile(bytes, format, file);
  const dataKey = await recoverDataKey(encrypted.metadata, services, signal);
  const { branches, mac } = decryptTree(encrypted, dataKey);
  if (mac !== "matched") throw macError(mac, file);
  const next = randomBytes(dataKeyBytes);
  const old = ruleFor(format, encrypted.metadata);
  const kept: CreationRule = {
    ...old,
    ...(rule ? { keyGroups: rule.keyGroups, shamirThreshold: rule.shamirThreshold } : {}),
  };
  const metadata = { ...(await newMetadata(kept, next, services, now, signal)), rules: old.rules };
  const rotated: EncryptedFile = { format, branches, metadata };
  return writeEncryptedFile(encryptTree(rotated, next), encode);
}

/** The refusal of a file whose MAC is not that of its values. */
export function macError(mac: "mismatched" | "missing", file: string | undefined): SopsError {
  const detail = mac === "missing" ? "the file has no MAC" : "the values are not those that were encrypted";
  return new SopsError(`MAC mismatch: ${detail}`, {
    code: "SOPS_MAC_MISMATCH",
    ...(file === undefined ? {} : { position: { file } }),
    hint: "encrypt the file again with a tool that knows its key, instead of editing it by hand",
  });
}
