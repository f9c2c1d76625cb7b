import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { findRule } from "../../secret/creation-rule.ts";
import { loadKeyServices } from "../../secret/key-services.ts";
import { formatFor, keyFlags, outputFlags, readSecretFile, writeResult } from "../../secret/secret-file.ts";

const ruleFlags = {
  age: flag.list("age recipients, or SSH public keys, in place of the creation rule's"),
  pgp: flag.list("fingerprints of OpenPGP keys, in place of the creation rule's"),
  encryptedRegex: flag.text("encrypt only below keys that match"),
  unencryptedRegex: flag.text("leave what is below keys that match"),
  encryptedSuffix: flag.text("encrypt only below keys with this ending"),
  unencryptedSuffix: flag.text("leave what is below keys with this ending"),
  encryptedCommentRegex: flag.text("encrypt only what follows a comment that matches"),
  unencryptedCommentRegex: flag.text("leave what follows a comment that matches"),
  macOnlyEncrypted: flag.boolean("compute the MAC over encrypted values only"),
};

/** `secret encrypt`: a file that `sops` reads. */
export const secretEncryptCommand: Command = defineCommand({
  path: ["secret", "encrypt"],
  summary: "Encrypt a file with SOPS",
  args: [{ name: "file" }],
  flags: { ...ruleFlags, ...keyFlags, ...outputFlags },
  examples: [
    ["Encrypt by the rules of .sops.yaml", "secret encrypt -i apps/db-secret.yaml"],
    [
      "Encrypt the data of a Secret for one recipient",
      "secret encrypt --age age1… --encrypted-regex '^(data|stringData)$' secret.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const path = args[0] ?? "";
    const { encryptFile } = await import("@eddy/sops");
    const format = await formatFor(path, flags.inputType);
    const { age, pgp, macOnlyEncrypted, config, ...rest } = flags;
    const { rule, encode } = await findRule(path, format, { config, age, pgp, macOnlyEncrypted, rules: rulesOf(rest) });
    const ignored = format === "binary" ? Object.keys(rule.rules).map(inConfig) : [];
    if (ignored.length > 0)
      context.io.stderr.write(`a binary file is encrypted as a whole: ${ignored.join(", ")} of the rule is ignored\n`);
    const services = await loadKeyServices(context.io, { age: flags.ageKeyFile, pgp: flags.pgpKeyFile });
    const { signal, clock } = context;
    const options = { rule, services, encode, signal, file: path, now: new Date(clock.now()) };
    await writeResult(path, await encryptFile(await readSecretFile(path), format, options), {
      ...flags,
      print: (text) => context.print(text),
    });
  },
});

/** As `.sops.yaml` names it. */
function inConfig(rule: string): string {
  return rule.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type RuleName = Exclude<keyof typeof ruleFlags, "age" | "pgp" | "macOnlyEncrypted">;

function rulesOf(flags: { readonly [Name in RuleName]: string | undefined }): Partial<Record<RuleName, string>> {
  const names = Object.keys(ruleFlags).filter((name) => /(?:Regex|Suffix)$/.test(name)) as RuleName[];
  return Object.fromEntries(names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));
}
