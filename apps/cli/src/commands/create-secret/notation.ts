import { basename } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { parseTrustPolicies } from "@eddy/signature";
import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { secretFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { readFlagFile } from "../../secret-data/read-pem.ts";
import { usage } from "../../command/usage.ts";

/** `create secret notation`: certificates and whom to believe. Source: fluxcd/flux2 cmd/flux/create_secret_notation.go. */
export const createSecretNotationCommand: Command = defineCommand({
  path: ["create", "secret", "notation"],
  summary: "Create or update a Kubernetes secret for verifications of artifacts signed by Notation",
  args: [{ name: "name" }],
  flags: {
    ...secretFlags,
    trustPolicyFile: flag.text("notation trust policy file path"),
    caCertFile: flag.list("root ca cert file path"),
  },
  examples: [
    [
      "Print a secret with a trust policy and a certificate",
      "create secret notation my-notation-cert --trust-policy-file=./trustpolicy.json --ca-cert-file=./my.crt --export > secret.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { trustPolicyFile, caCertFile } = flags;
    if (caCertFile.length === 0) throw usage("--ca-cert-file is required");
    if (!trustPolicyFile) throw usage("--trust-policy-file is required");
    const policy = (await readFlagFile(trustPolicyFile, "unable to read trust policy file")) ?? "";
    checkPolicy(trustPolicyFile, policy);
    const stringData = { ...(await readCertificates(caCertFile)), "trustpolicy.json": policy };
    await putSecret(context, { what: "notation configuration", name, stringData }, flags);
  },
});

function checkPolicy(path: string, text: string): void {
  const doing = isJson(text) ? "invalid trust policy" : `failed to unmarshal trust policy ${path}`;
  try {
    parseTrustPolicies(text, { refuseUnused: true });
  } catch (cause) {
    throw usage(`${doing}: ${messageOf(cause)}`);
  }
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** Files by their names. Everything that is wrong with them is said at once. */
async function readCertificates(paths: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const problems: string[] = [];
  for (const path of paths) {
    const file = basename(path);
    if (!/\.(crt|pem)$/.test(file)) {
      problems.push(`${file} must end with either .crt or .pem`);
      continue;
    }
    const text = await readFlagFile(path, "unable to read TLS CA file").catch((error: unknown) => {
      problems.push(messageOf(error));
    });
    if (text !== undefined) found[file] = text;
  }
  if (problems.length > 0) throw usage(problems.join("\n"));
  return found;
}
