import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import type { CreationRule, EncryptionRules, EncodeOptions, FormatName, KeyGroup, SopsConfig } from "@eddy/sops";

/** What the flags say in place of a `.sops.yaml`. */
export interface RuleFlags {
  /** `--config`. */
  config: string | undefined;
  age: readonly string[];
  pgp: readonly string[];
  rules: EncryptionRules;
  macOnlyEncrypted: boolean;
}

/** How a file is to be encrypted, and how its format is written. */
export interface FoundRule {
  rule: CreationRule;
  encode: EncodeOptions;
}

/**
 * The rule for a file: recipients from the flags, or the first rule that matches in the `.sops.yaml` of its folder or of one
 * above; what the flags say of the values beats the rule.
 * @throws EddyError NO_RECIPIENT (terminal) when neither names a key; SopsError for a bad `.sops.yaml`
 */
export async function findRule(path: string, format: FormatName, flags: RuleFlags): Promise<FoundRule> {
  const found = await findConfig(path, flags.config);
  const encode = found?.config.encodeOptions(format) ?? {};
  const group: KeyGroup = [
    ...flags.age.map((recipient) => ({ type: "age" as const, recipient, enc: "" })),
    ...flags.pgp.map((fingerprint) => ({ type: "pgp" as const, fingerprint, enc: "", createdAt: "" })),
  ];
  const fromFlags: CreationRule = {
    keyGroups: [group],
    shamirThreshold: 0,
    rules: flags.rules,
    macOnlyEncrypted: flags.macOnlyEncrypted,
  };
  if (group.length > 0) return { rule: fromFlags, encode };
  const fromFile = found?.config.ruleFor(relative(found.folder, resolve(path)).replaceAll("\\", "/"));
  if (!fromFile) {
    throw new EddyError("NO_RECIPIENT", `encrypt ${JSON.stringify(path)}: no key is named`, {
      class: "terminal",
      hint: "name one with --age or --pgp, or by a creation rule in .sops.yaml",
    });
  }
  const rules = Object.keys(flags.rules).length > 0 ? flags.rules : fromFile.rules;
  return {
    rule: { ...fromFile, rules, macOnlyEncrypted: flags.macOnlyEncrypted || fromFile.macOnlyEncrypted },
    encode,
  };
}

/** How a file that is encrypted already is written. */
export async function encodeOptionsFor(
  path: string,
  format: FormatName,
  config: string | undefined,
): Promise<EncodeOptions> {
  return (await findConfig(path, config))?.config.encodeOptions(format) ?? {};
}

async function findConfig(
  path: string,
  named: string | undefined,
): Promise<{ config: SopsConfig; folder: string } | undefined> {
  const { parseSopsConfig } = await import("@eddy/sops");
  if (named !== undefined) {
    const text = await readFile(named, "utf8");
    return { config: parseSopsConfig(text, named), folder: dirname(resolve(named)) };
  }
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const file = join(folder, ".sops.yaml");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return { config: parseSopsConfig(text, file), folder };
    if (dirname(folder) === folder) return undefined;
  }
}
