import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { KeyGroup, MasterKey } from "../keys/master-key.ts";
import { compileRules, type EncryptionRules } from "../rules/encryption-rules.ts";
import { SopsError } from "../sops-error.ts";
import { Branch, Comment, membersOf, Timestamp, type TreeValue } from "../tree/tree.ts";
import type { Metadata } from "./metadata.ts";

/**
 * The metadata behind a `sops` entry. Numbers and flags may be text, and names are taken in any case, as upstream takes them.
 * @throws SopsError `SOPS_MALFORMED` (retry) for no keys, contradicting rules, or a time that is none
 */
export function decodeMetadata(branch: Branch): Metadata {
  const fields = lowerCased(plainOf(branch) as JsonObject);
  const lastModified = textOf(fields, "lastmodified");
  if (Number.isNaN(Date.parse(lastModified)))
    throw malformed(`lastmodified is ${JSON.stringify(lastModified)}, want RFC 3339`);
  const rules = rulesOf(fields);
  compileRules(rules);
  return {
    keyGroups: keyGroupsOf(fields),
    shamirThreshold: Number(textOf(fields, "shamir_threshold") || 0),
    lastModified,
    mac: textOf(fields, "mac"),
    macOnlyEncrypted: textOf(fields, "mac_only_encrypted").toLowerCase() === "true",
    rules,
    version: textOf(fields, "version"),
  };
}

function malformed(detail: string): SopsError {
  return new SopsError(`read the sops metadata: ${detail}`, { code: "SOPS_MALFORMED" });
}

/** Values as JSON has them, without comments. */
function plainOf(value: TreeValue): Json {
  if (value instanceof Branch) {
    return Object.fromEntries(membersOf(value.items).map((member) => [member.key, plainOf(member.value)]));
  }
  if (Array.isArray(value)) return value.filter((item) => !(item instanceof Comment)).map(plainOf);
  if (value instanceof Timestamp) return value.text;
  return value instanceof Comment || value instanceof Uint8Array ? null : value;
}

function lowerCased(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}

function textOf(fields: JsonObject, name: string): string {
  const value = fields[name];
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}

function rulesOf(fields: JsonObject): EncryptionRules {
  const named = {
    unencryptedSuffix: textOf(fields, "unencrypted_suffix"),
    encryptedSuffix: textOf(fields, "encrypted_suffix"),
    unencryptedRegex: textOf(fields, "unencrypted_regex"),
    encryptedRegex: textOf(fields, "encrypted_regex"),
    unencryptedCommentRegex: textOf(fields, "unencrypted_comment_regex"),
    encryptedCommentRegex: textOf(fields, "encrypted_comment_regex"),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ""));
}

function keyGroupsOf(fields: JsonObject): KeyGroup[] {
  const own = keyGroupOf(fields);
  if (own.length > 0) return [own];
  const groups = listOf(fields, "key_groups").map(keyGroupOf);
  if (groups.length === 0) throw malformed("No keys found in file");
  return groups;
}

/** In upstream's order of kinds, which is that in which services are asked. */
function keyGroupOf(fields: JsonObject): KeyGroup {
  return [
    ...listOf(fields, "kms").map(kmsKey),
    ...listOf(fields, "gcp_kms").map((key): MasterKey => ({
      type: "gcp_kms",
      resourceId: textOf(key, "resource_id"),
      ...encrypted(key),
    })),
    ...listOf(fields, "hckms").map((key): MasterKey => ({
      type: "hckms",
      keyId: textOf(key, "key_id"),
      ...encrypted(key),
    })),
    ...listOf(fields, "azure_kv").map((key): MasterKey => ({
      type: "azure_kv",
      vaultUrl: textOf(key, "vault_url"),
      name: textOf(key, "name"),
      version: textOf(key, "version"),
      ...encrypted(key),
    })),
    ...listOf(fields, "hc_vault").map((key): MasterKey => ({
      type: "hc_vault",
      vaultAddress: textOf(key, "vault_address"),
      enginePath: textOf(key, "engine_path"),
      keyName: textOf(key, "key_name"),
      ...encrypted(key),
    })),
    ...listOf(fields, "pgp").map((key): MasterKey => ({
      type: "pgp",
      fingerprint: textOf(key, "fp"),
      ...encrypted(key),
    })),
    ...listOf(fields, "age").map((key): MasterKey => ({
      type: "age",
      recipient: textOf(key, "recipient"),
      enc: textOf(key, "enc"),
    })),
  ];
}

function kmsKey(key: JsonObject): MasterKey {
  const role = textOf(key, "role");
  const context = isObject(key["context"]) ? key["context"] : undefined;
  return {
    type: "kms",
    arn: textOf(key, "arn"),
    ...(role === "" ? {} : { role }),
    ...(context
      ? { context: Object.fromEntries(Object.keys(context).map((name) => [name, textOf(context, name)])) }
      : {}),
    awsProfile: textOf(key, "aws_profile"),
    ...encrypted(key),
  };
}

function encrypted(key: JsonObject): { enc: string; createdAt: string } {
  return { enc: textOf(key, "enc"), createdAt: textOf(key, "created_at") };
}

function listOf(fields: JsonObject, name: string): JsonObject[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (isObject(item)) return item;
    throw malformed(`${name} holds ${JSON.stringify(item)}, want a mapping`);
  });
}
