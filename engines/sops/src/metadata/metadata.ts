import type { EncryptionRules } from "../rules/encryption-rules.ts";
import type { KeyGroup } from "../keys/master-key.ts";

/** What a file says of its own encryption: the `sops` entry. Source: sops 3.13, stores. */
export interface Metadata {
  /** One group of which any key will do, or several of which `shamirThreshold` must each give their part. */
  keyGroups: readonly KeyGroup[];
  /** 0 means all groups. */
  shamirThreshold: number;
  /** RFC 3339 with seconds: what the MAC is bound to. */
  lastModified: string;
  /** The encrypted MAC of the file; "" where there is none. */
  mac: string;
  macOnlyEncrypted: boolean;
  rules: EncryptionRules;
  version: string;
}
