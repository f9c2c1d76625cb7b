import type { Branch } from "../tree/tree.ts";

/** How a format is written. */
export interface EncodeOptions {
  /** Columns a level: 4 for YAML; tabs for JSON unless given. */
  indent?: number;
}

/** How the metadata lies in a file: as a nested entry, as a section of flat ones, or among the members with a prefix. */
export type MetadataPlace = "nested" | "section" | "prefixed";

/** One kind of file that can be encrypted. */
export interface Format {
  name: FormatName;
  metadataPlace: MetadataPlace;
  /** The documents of a file. @throws SopsError or YamlError with the position */
  parse(bytes: Uint8Array, file?: string): Branch[];
  /** @throws SopsError for what the format cannot hold */
  encode(branches: readonly Branch[], options?: EncodeOptions): Uint8Array;
  /** Reads a file whose values are encrypted; absent: as {@link parse}. */
  parseEncrypted?(bytes: Uint8Array, file?: string): Branch[];
  /** Writes a file whose values are encrypted; absent: as {@link encode}. */
  encodeEncrypted?(branches: readonly Branch[], options?: EncodeOptions): Uint8Array;
}

/** The names of the formats, which are those of `sops --input-type`. */
export type FormatName = "yaml" | "json" | "dotenv" | "ini" | "binary";
