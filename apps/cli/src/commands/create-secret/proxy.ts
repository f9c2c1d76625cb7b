import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { basicFlags, secretFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { usage } from "../../command/usage.ts";

/** `create secret proxy`: a proxy for `proxySecretRef`. Source: fluxcd/flux2 cmd/flux/create_secret_proxy.go. */
export const createSecretProxyCommand: Command = defineCommand({
  path: ["create", "secret", "proxy"],
  summary: "Create or update a Kubernetes secret for proxy authentication",
  args: [{ name: "name" }],
  flags: { ...secretFlags, ...basicFlags, address: flag.text("proxy address") },
  examples: [
    [
      "Keep a proxy's address and user",
      "create secret proxy my-proxy --address=https://my-proxy.com --username=me --password=secret",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { address, username, password } = flags;
    if (!address) throw usage("address is required");
    if (!URL.canParse(address)) throw usage("invalid proxy address: it is no URL");
    const stringData = { address, ...(username ? { username } : {}), ...(password ? { password } : {}) };
    await putSecret(context, { what: "proxy", name, stringData, type: "Opaque" }, flags);
  },
});
