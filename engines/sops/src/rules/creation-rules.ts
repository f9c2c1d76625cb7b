import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { RE2JS } from "re2js";
import type { EncodeOptions } from "../formats/format.ts";
import type { FormatName } from "../formats/format.ts";
import { nameOfKey, type KeyGroup, type MasterKey } from "../keys/master-key.ts";
import { SopsError } from "../sops-error.ts";
import { compileRules, type EncryptionRules } from "./encryption-rules.ts";
import { parseAzureKey, parseKmsKeys, parseVaultKey } from "./key-references.ts";

/** How a new file is to be encrypted, as `.sops.yaml` says it. */
export interface CreationRule {
  keyGroups: readonly KeyGroup[];
  shamirThreshold: number;
  rules: EncryptionRules;
  macOnlyEncrypted: boolean;
}

/** A `.sops.yaml`, read. */
export interface SopsConfig {
  /**
   * The first rule whose `path_regex` matches a path relative to the folder of the file; undefined when the file has no
   * creation rules at all.
   * @throws SopsError when none matches
   */
  ruleFor(path: string): CreationRule | undefined;
  /** How a format is written. */
  encodeOptions(format: FormatName): EncodeOptions;
}

/**
 * Reads a `.sops.yaml`. Master keys have no `enc` yet. Source: sops 3.13, config.
 * @throws SopsError `SOPS_CONFIG` with the field; YamlError with the position
 */
export function parseSopsConfig(text: string, file: string = ".sops.yaml"): SopsConfig {
  const config = load(text, { file });
  if (config !== null && !isObject(config)) throw configError("want a mapping", file);
  const rules = config === null ? undefined : config["creation_rules"];
  const stores = config === null ? undefined : config["stores"];
  return {
    ruleFor(path) {
      if (!Array.isArray(rules)) return undefined;
      const found = rules.find((rule) => isObject(rule) && matchesPath(rule, path, file));
      if (!isObject(found)) throw configError(`no matching creation rules found for ${JSON.stringify(path)}`, file);
      return creationRule(found, file);
    },
    encodeOptions(format) {
      const store = isObject(stores) ? stores[format === "binary" ? "json_binary" : format] : undefined;
      const indent = isObject(store) ? Number(store["indent"] ?? -1) : -1;
      return indent > 0 || (indent === 0 && format !== "yaml") ? { indent } : {};
    },
  };
}

function configError(detail: string, file: string): SopsError {
  return new SopsError(`error loading config: ${detail}`, {
    code: "SOPS_CONFIG",
    class: "terminal",
    position: { file },
  });
}

function matchesPath(rule: JsonObject, path: string, file: string): boolean {
  const expression = textOf(rule["path_regex"]);
  if (expression === "") return true;
  try {
    return RE2JS.compile(expression).matcher(path).find();
  } catch {
    throw configError(`can not compile path_regex ${JSON.stringify(expression)}`, file);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function creationRule(rule: JsonObject, file: string): CreationRule {
  const rules = ruleFields(rule);
  compileRules(rules);
  const groups = rule["key_groups"];
  const keyGroups =
    Array.isArray(groups) && groups.length > 0
      ? groups.filter(isObject).map((group) => deduplicated(groupKeys(group, file)))
      : [inlineKeys(rule, file)];
  return {
    keyGroups,
    shamirThreshold: Number(rule["shamir_threshold"] ?? 0),
    rules,
    macOnlyEncrypted: rule["mac_only_encrypted"] === true,
  };
}

function ruleFields(rule: JsonObject): EncryptionRules {
  const fields = {
    unencryptedSuffix: textOf(rule["unencrypted_suffix"]),
    encryptedSuffix: textOf(rule["encrypted_suffix"]),
    unencryptedRegex: textOf(rule["unencrypted_regex"]),
    encryptedRegex: textOf(rule["encrypted_regex"]),
    unencryptedCommentRegex: textOf(rule["unencrypted_comment_regex"]),
    encryptedCommentRegex: textOf(rule["encrypted_comment_regex"]),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** Texts of a field that is a list, or one text with commas. */
function listOf(owner: JsonObject, field: string, file: string): string[] {
  const value = owner[field];
  if (value === undefined || value === null) return [];
  const items = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(items))
    throw configError(`invalid ${field} key configuration: want a text or a list of texts`, file);
  return items.flatMap((item) => {
    if (typeof item !== "string")
      throw configError(`invalid ${field} key configuration: expected string in list`, file);
    return item
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  });
}

const unencrypted = { enc: "", createdAt: "" };

function inlineKeys(rule: JsonObject, file: string): KeyGroup {
  const profile = textOf(rule["aws_profile"]);
  return [
    ...ageKeys(listOf(rule, "age", file)),
    ...pgpKeys(listOf(rule, "pgp", file)),
    ...parseKmsKeys(listOf(rule, "kms", file), profile),
    ...listOf(rule, "gcp_kms", file).map((resourceId): MasterKey => ({ type: "gcp_kms", resourceId, ...unencrypted })),
    ...listOf(rule, "hckms", file).map((keyId): MasterKey => ({ type: "hckms", keyId, ...unencrypted })),
    ...listOf(rule, "azure_keyvault", file).map(parseAzureKey),
    ...listOf(rule, "hc_vault_transit_uri", file).map(parseVaultKey),
  ];
}

function groupKeys(group: JsonObject, file: string): MasterKey[] {
  const objects = (field: string): JsonObject[] => {
    const list = group[field];
    return Array.isArray(list) ? list.filter(isObject) : [];
  };
  return [
    ...objects("merge").flatMap((merged) => groupKeys(merged, file)),
    ...ageKeys(listOf(group, "age", file)),
    ...pgpKeys(listOf(group, "pgp", file)),
    ...objects("kms").map(kmsKey),
    ...objects("gcp_kms").map((key): MasterKey => ({
      type: "gcp_kms",
      resourceId: textOf(key["resource_id"]),
      ...unencrypted,
    })),
    ...objects("hckms").map((key): MasterKey => ({ type: "hckms", keyId: textOf(key["key_id"]), ...unencrypted })),
    ...objects("azure_keyvault").map((key): MasterKey => ({
      type: "azure_kv",
      vaultUrl: textOf(key["vaultUrl"]),
      name: textOf(key["key"]),
      version: textOf(key["version"]),
      ...unencrypted,
    })),
    ...listOf(group, "hc_vault", file).map(parseVaultKey),
  ];
}

function ageKeys(recipients: readonly string[]): MasterKey[] {
  return recipients.map((recipient) => ({ type: "age", recipient, enc: "" }));
}

function pgpKeys(fingerprints: readonly string[]): MasterKey[] {
  return fingerprints.map((fingerprint) => ({
    type: "pgp",
    fingerprint: fingerprint.replaceAll(" ", ""),
    ...unencrypted,
  }));
}

function kmsKey(key: JsonObject): MasterKey {
  const context = isObject(key["context"]) ? key["context"] : undefined;
  const role = textOf(key["role"]);
  return {
    type: "kms",
    arn: textOf(key["arn"]),
    ...(role === "" ? {} : { role }),
    ...(context
      ? { context: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, textOf(value)])) }
      : {}),
    awsProfile: textOf(key["aws_profile"]),
    ...unencrypted,
  };
}

function deduplicated(keys: readonly MasterKey[]): KeyGroup {
  return [...new Map(keys.map((key) => [`${key.type} ${nameOfKey(key)}`, key])).values()];
}
