import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { formatVerification, loadKeyRing, verifyChartFile } from "../../helm/provenance.ts";
import { runHelm } from "../../helm/release-ports.ts";

const flags = { keyring: flag.text("keyring containing public keys; GnuPG's own unless given") };

/** `helm verify`. Source: Helm `pkg/cmd/verify.go`. */
export const helmVerifyCommand: Command = defineCommand({
  path: ["helm", "verify"],
  summary: "Verify that a chart at the given path has been signed and is valid",
  args: [{ name: "path", required: true }],
  flags,
  examples: [["Verify a chart by the provenance file beside it", "helm verify web-1.2.3.tgz --keyring keys.gpg"]],
  run({ args: [path = ""], flags: { keyring } }, context) {
    return runHelm(context, "", async () => {
      const verified = await verifyChartFile(path, () => loadKeyRing(keyring, context.io.env));
      context.print(formatVerification(verified));
    });
  },
});
