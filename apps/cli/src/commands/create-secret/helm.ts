import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { basicFlags, secretFlags, tlsFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { readFlagFile } from "../../secret-data/read-pem.ts";
import { tlsData, type TlsTexts } from "../../secret-data/tls-data.ts";
import { usage } from "../../command/usage.ts";

/** `create secret helm`: credentials for a Helm repository. Source: fluxcd/flux2 cmd/flux/create_secret_helm.go. */
export const createSecretHelmCommand: Command = defineCommand({
  path: ["create", "secret", "helm"],
  summary: "Create or update a Kubernetes secret for Helm repository authentication",
  args: [{ name: "name" }],
  flags: { ...secretFlags, ...basicFlags, ...tlsFlags },
  examples: [
    [
      "Print a secret with a user and password",
      "create secret helm repo-auth --username=me --password=secret --export > repo-auth.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const texts = {
      ca: await readFlagFile(flags.caCrtFile, "unable to read TLS CA file"),
      cert: await readFlagFile(flags.tlsCrtFile, "failed to read cert file"),
      key: await readFlagFile(flags.tlsKeyFile, "failed to read key file"),
    };
    const { data: stringData, type } = helmData(texts, flags.username, flags.password);
    await putSecret(context, { what: "helm", name, stringData, ...(type === undefined ? {} : { type }) }, flags);
  },
});

/** A client certificate first, then a user (with an authority beside it), then an authority alone. */
function helmData(
  texts: TlsTexts,
  username: string | undefined,
  password: string | undefined,
): { data: Record<string, string>; type?: string } {
  if (texts.cert || texts.key) return tlsData(texts);
  if (username || password) {
    if (!username) throw usage("username is required");
    if (!password) throw usage("password is required");
    const data = { ...(texts.ca ? { "ca.crt": texts.ca } : {}), username, password };
    return { data, type: "kubernetes.io/basic-auth" };
  }
  return texts.ca ? tlsData(texts) : { data: {} };
}
