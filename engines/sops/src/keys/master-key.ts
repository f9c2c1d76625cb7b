/** A key of the data key as a file names it; `enc` is the data key, or its part, encrypted with it. */
export type MasterKey =
  | { type: "age"; recipient: string; enc: string }
  | { type: "pgp"; fingerprint: string; enc: string; createdAt: string }
  | {
      type: "kms";
      arn: string;
      role?: string;
      context?: Readonly<Record<string, string>>;
      awsProfile: string;
      enc: string;
      createdAt: string;
    }
  | { type: "gcp_kms"; resourceId: string; enc: string; createdAt: string }
  | { type: "azure_kv"; vaultUrl: string; name: string; version: string; enc: string; createdAt: string }
  | { type: "hc_vault"; vaultAddress: string; enginePath: string; keyName: string; enc: string; createdAt: string }
  | { type: "hckms"; keyId: string; enc: string; createdAt: string };

/** The kind of a master key. */
export type MasterKeyType = MasterKey["type"];

/** Keys of which any one gives the data key, or this group's part of it. */
export type KeyGroup = readonly MasterKey[];

/** What decrypts and encrypts data keys with the master keys of one kind. */
export interface KeyService<Type extends MasterKeyType = MasterKeyType> {
  /** The data key behind `key.enc`. @throws an error whose message says why not, without the key */
  decrypt(key: Extract<MasterKey, { type: Type }>, signal?: AbortSignal): Promise<Uint8Array>;
  /** What `enc` is to be for a data key. */
  encrypt(key: Extract<MasterKey, { type: Type }>, dataKey: Uint8Array, signal?: AbortSignal): Promise<string>;
}

/** The services at hand, by kind; a kind without one cannot be used. */
export type KeyServices = { readonly [Type in MasterKeyType]?: KeyService<Type> };

/** How a master key is named in messages. */
export function nameOfKey(key: MasterKey): string {
  switch (key.type) {
    case "age":
      return key.recipient;
    case "pgp":
      return key.fingerprint;
    case "kms":
      return key.role ? `${key.arn}+${key.role}` : key.arn;
    case "gcp_kms":
      return key.resourceId;
    case "azure_kv":
      return `${key.vaultUrl}/keys/${key.name}/${key.version}`;
    case "hc_vault":
      return `${key.vaultAddress}/v1/${key.enginePath}/keys/${key.keyName}`;
    case "hckms":
      return key.keyId;
  }
}
