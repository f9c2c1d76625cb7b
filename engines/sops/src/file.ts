import { SopsError } from "./sops-error.ts";
import { formatNamed } from "./formats/formats.ts";
import type { EncodeOptions, Format, FormatName } from "./formats/format.ts";
import { decodeMetadata } from "./metadata/decode-metadata.ts";
import { encodeMetadata } from "./metadata/encode-metadata.ts";
import { flatten, unflatten } from "./metadata/flatten.ts";
import type { Metadata } from "./metadata/metadata.ts";
import { Branch, type BranchItem, Comment, membersOf } from "./tree/tree.ts";

const metadataKey = "sops";
const metadataPrefix = "sops_";

/** An encrypted file, read: its documents without the metadata, and those. */
export interface EncryptedFile {
  format: FormatName;
  branches: readonly Branch[];
  metadata: Metadata;
}

/**
 * Reads an encrypted file; nothing is decrypted.
 * @throws SopsError `SOPS_NO_METADATA` when the file has no `sops` entry, `SOPS_MALFORMED` for a bad one
 */
export function readEncryptedFile(bytes: Uint8Array, name: FormatName, file?: string): EncryptedFile {
  const format = formatNamed(name);
  const documents = (format.parseEncrypted ?? format.parse)(bytes, file);
  const split = documents.map((branch) => splitMetadata(branch, format));
  const own = split[0]?.metadata;
  if (!own) {
    throw new SopsError("sops metadata not found", {
      code: "SOPS_NO_METADATA",
      ...(file === undefined ? {} : { position: { file } }),
    });
  }
  return { format: name, branches: split.map(({ branch }) => branch), metadata: decodeMetadata(own) };
}

/** Writes an encrypted file. @throws SopsError when a document has a member where the metadata goes */
export function writeEncryptedFile(
  { format: name, branches, metadata }: EncryptedFile,
  options?: EncodeOptions,
): Uint8Array {
  const format = formatNamed(name);
  const entry = metadataItems(metadata, format);
  const whole = branches.map((branch) => {
    refuseReserved(branch, format);
    return new Branch([...branch.items, ...entry]);
  });
  return (format.encodeEncrypted ?? format.encode)(whole, options);
}

/** @throws SopsError */
export function refuseReserved(branch: Branch, { metadataPlace }: Format): void {
  for (const item of branch.items) {
    if (item instanceof Comment) continue;
    const isReserved = metadataPlace === "prefixed" ? item.key.startsWith(metadataPrefix) : item.key === metadataKey;
    if (isReserved) {
      throw new SopsError(
        `encrypt the file: the key ${JSON.stringify(item.key)} is where sops keeps its metadata: is it encrypted already`,
      );
    }
  }
}

function splitMetadata(branch: Branch, { metadataPlace }: Format): { branch: Branch; metadata: Branch | undefined } {
  const isEntry = (item: BranchItem): boolean =>
    !(item instanceof Comment) &&
    (metadataPlace === "prefixed" ? item.key.startsWith(metadataPrefix) : item.key === metadataKey);
  const found = branch.items.filter(isEntry);
  const rest = new Branch(branch.items.filter((item) => !isEntry(item)));
  if (found.length === 0) return { branch: rest, metadata: undefined };
  return { branch: rest, metadata: metadataBranch(found, metadataPlace) };
}

function metadataBranch(found: readonly BranchItem[], place: Format["metadataPlace"]): Branch {
  if (place === "prefixed") {
    return unflatten(membersOf(found).map(({ key, value }) => ({ key: key.slice(metadataPrefix.length), value })));
  }
  const [entry] = found;
  if (found.length > 1 || !entry || entry instanceof Comment || !(entry.value instanceof Branch)) {
    throw new SopsError(
      `read the sops metadata: ${found.length > 1 ? "there are two entries" : "the entry is no mapping"}`,
      {
        code: "SOPS_MALFORMED",
      },
    );
  }
  return place === "section" ? unflatten(entry.value.items.map((item) => mapText(item, unescape))) : entry.value;
}

function metadataItems(metadata: Metadata, { metadataPlace }: Format): BranchItem[] {
  const entry = encodeMetadata(metadata);
  if (metadataPlace === "prefixed") return flatten(entry, metadataPrefix);
  const value = metadataPlace === "section" ? new Branch(flatten(entry).map((item) => mapText(item, escape))) : entry;
  return [{ key: metadataKey, value }];
}

function mapText(item: BranchItem, change: (text: string) => string): BranchItem {
  if (item instanceof Comment || typeof item.value !== "string") return item;
  return { key: item.key, value: change(item.value) };
}

function escape(text: string): string {
  return text.replaceAll("\n", "\\n");
}

function unescape(text: string): string {
  return text.replaceAll("\\n", "\n");
}
