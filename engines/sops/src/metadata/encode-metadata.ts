import type { KeyGroup, MasterKey, MasterKeyType } from "../keys/master-key.ts";
import { Branch, type BranchItem, type TreeValue } from "../tree/tree.ts";
import type { Metadata } from "./metadata.ts";

/** The `sops` entry of a file, its members sorted as upstream writes them. */
export function encodeMetadata(metadata: Metadata): Branch {
  const { rules, keyGroups } = metadata;
  const single = keyGroups.length === 1 ? keyGroups[0] : undefined;
  return sorted({
    shamir_threshold: metadata.shamirThreshold === 0 ? undefined : BigInt(metadata.shamirThreshold),
    key_groups: single ? undefined : keyGroups.map(encodeGroup),
    ...(single ? encodeKeys(single) : {}),
    lastmodified: metadata.lastModified,
    mac: metadata.mac,
    unencrypted_suffix: rules.unencryptedSuffix,
    encrypted_suffix: rules.encryptedSuffix,
    unencrypted_regex: rules.unencryptedRegex,
    encrypted_regex: rules.encryptedRegex,
    unencrypted_comment_regex: rules.unencryptedCommentRegex,
    encrypted_comment_regex: rules.encryptedCommentRegex,
    mac_only_encrypted: metadata.macOnlyEncrypted || undefined,
    version: metadata.version,
  });
}

/** Members with a value, by name; empty texts are left out where upstream leaves them out, which the caller decides. */
function sorted(members: Record<string, TreeValue | undefined>): Branch {
  const items: BranchItem[] = [];
  for (const key of Object.keys(members).sort()) {
    const value = members[key];
    if (value !== undefined) items.push({ key, value });
  }
  return new Branch(items);
}

// Within a list of groups, upstream writes these two even when they are empty.
function encodeGroup(group: KeyGroup): Branch {
  return sorted({ hc_vault: [], age: [], ...encodeKeys(group) });
}

function encodeKeys(group: KeyGroup): Record<string, TreeValue> {
  const lists: Partial<Record<MasterKeyType, TreeValue[]>> = {};
  for (const key of group) (lists[key.type] ??= []).push(encodeKey(key));
  return lists;
}

function encodeKey(key: MasterKey): Branch {
  const enc = key.enc;
  switch (key.type) {
    case "age":
      return sorted({ recipient: key.recipient, enc });
    case "pgp":
      return sorted({ created_at: key.createdAt, enc, fp: key.fingerprint });
    case "kms":
      return sorted({
        arn: key.arn,
        role: key.role,
        context: key.context && sorted({ ...key.context }),
        created_at: key.createdAt,
        enc,
        aws_profile: key.awsProfile,
      });
    case "gcp_kms":
      return sorted({ resource_id: key.resourceId, created_at: key.createdAt, enc });
    case "azure_kv":
      return sorted({ vault_url: key.vaultUrl, name: key.name, version: key.version, created_at: key.createdAt, enc });
    case "hc_vault":
      return sorted({
        vault_address: key.vaultAddress,
        engine_path: key.enginePath,
        key_name: key.keyName,
        created_at: key.createdAt,
        enc,
      });
    case "hckms":
      return sorted({ key_id: key.keyId, created_at: key.createdAt, enc });
  }
}
