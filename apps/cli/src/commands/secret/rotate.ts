import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { encodeOptionsFor, findRule } from "../../secret/creation-rule.ts";
import { loadKeyServices } from "../../secret/key-services.ts";
import { formatFor, keyFlags, outputFlags, readSecretFile, writeResult } from "../../secret/secret-file.ts";

/** `secret rotate`: a new data key, for the file's master keys or for those of the creation rule. */
export const secretRotateCommand: Command = defineCommand({
  path: ["secret", "rotate"],
  summary: "Encrypt a file again with a new data key",
  args: [{ name: "file" }],
  flags: {
    ...keyFlags,
    ...outputFlags,
    updateKeys: flag.boolean("take the recipients from .sops.yaml instead of from the file"),
  },
  examples: [
    ["Renew the data key", "secret rotate -i apps/db-secret.yaml"],
    ["Encrypt for the recipients that .sops.yaml names now", "secret rotate -i --update-keys apps/db-secret.yaml"],
  ],
  async run({ args, flags }, context) {
    const path = args[0] ?? "";
    const { rotateFile } = await import("@eddy/sops");
    const format = await formatFor(path, flags.inputType);
    const services = await loadKeyServices(context.io, { age: flags.ageKeyFile, pgp: flags.pgpKeyFile });
    const found = flags.updateKeys
      ? await findRule(path, format, { config: flags.config, age: [], pgp: [], rules: {}, macOnlyEncrypted: false })
      : undefined;
    const rotated = await rotateFile(await readSecretFile(path), format, {
      services,
      now: new Date(context.clock.now()),
      encode: found?.encode ?? (await encodeOptionsFor(path, format, flags.config)),
      file: path,
      signal: context.signal,
      ...(found ? { rule: found.rule } : {}),
    });
    await writeResult(path, rotated, { ...flags, print: (text) => context.print(text) });
  },
});
