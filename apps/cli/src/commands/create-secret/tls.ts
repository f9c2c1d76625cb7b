import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { secretFlags, tlsFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { readFlagFile } from "../../secret-data/read-pem.ts";
import { tlsData } from "../../secret-data/tls-data.ts";

/** `create secret tls`: certificates for `certSecretRef`. Source: fluxcd/flux2 cmd/flux/create_secret_tls.go. */
export const createSecretTlsCommand: Command = defineCommand({
  path: ["create", "secret", "tls"],
  summary: "Create or update a Kubernetes secret with TLS certificates",
  args: [{ name: "name" }],
  flags: { ...secretFlags, ...tlsFlags },
  examples: [
    [
      "Keep a client certificate and an authority",
      "create secret tls certs --tls-crt-file=./client.crt --tls-key-file=./client.key --ca-crt-file=./ca.crt",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { data, type } = tlsData({
      cert: await readFlagFile(flags.tlsCrtFile, "failed to read cert file"),
      key: await readFlagFile(flags.tlsKeyFile, "failed to read key file"),
      ca: await readFlagFile(flags.caCrtFile, "unable to read TLS CA file"),
    });
    await putSecret(context, { what: "tls", name, stringData: data, type }, flags);
  },
});
