import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { encodeOptionsFor } from "../../secret/creation-rule.ts";
import { loadKeyServices } from "../../secret/key-services.ts";
import { formatFor, keyFlags, outputFlags, readSecretFile, writeResult } from "../../secret/secret-file.ts";

/** `secret decrypt`: the plain text of a file that `sops` or `secret encrypt` made. */
export const secretDecryptCommand: Command = defineCommand({
  path: ["secret", "decrypt"],
  summary: "Decrypt a file that was encrypted with SOPS",
  args: [{ name: "file" }],
  flags: {
    ...keyFlags,
    ...outputFlags,
    outputType: flag.oneOf(["yaml", "json", "dotenv", "ini", "binary"], "write in this format instead of the file's"),
    ignoreMac: flag.boolean("decrypt although the MAC does not match"),
  },
  examples: [["Show a secret", "secret decrypt apps/db-secret.yaml"]],
  async run({ args, flags }, context) {
    const path = args[0] ?? "";
    const { decryptFile } = await import("@eddy/sops");
    const format = await formatFor(path, flags.inputType);
    const services = await loadKeyServices(context.io, { age: flags.ageKeyFile, pgp: flags.pgpKeyFile });
    const result = await decryptFile(await readSecretFile(path), format, services, {
      file: path,
      ignoreMac: flags.ignoreMac,
      encode: await encodeOptionsFor(path, format, flags.config),
      signal: context.signal,
      ...(flags.outputType === undefined ? {} : { outputFormat: flags.outputType }),
    });
    if (result.mac !== "matched") context.status.failure("MAC mismatch: the values are not those that were encrypted");
    await writeResult(path, result.plain, { ...flags, print: (text) => context.print(text) });
  },
});
