import { messageOf } from "@eddy/core/errors";
import { parseReference } from "@eddy/oci";
import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { basicFlags, secretFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { usage } from "../../command/usage.ts";

/** `create secret oci`: a pull secret for an OCIRepository. Source: fluxcd/flux2 cmd/flux/create_secret_oci.go. */
export const createSecretOciCommand: Command = defineCommand({
  path: ["create", "secret", "oci"],
  summary: "Create or update a Kubernetes image pull secret",
  args: [{ name: "name" }],
  flags: { ...secretFlags, ...basicFlags, url: flag.text("oci repository address e.g ghcr.io/stefanprodan/charts") },
  examples: [
    [
      "Print a pull secret",
      "create secret oci podinfo-auth --url=ghcr.io --username=me --password=secret --export > secret.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { url, username, password } = flags;
    if (!url) throw usage("--url is required");
    if (!username) throw usage("--username is required");
    if (!password) throw usage("--password is required");
    checkAddress(url);
    const stringData = { ".dockerconfigjson": dockerConfig(url, username, password) };
    await putSecret(context, { what: "oci", name, stringData, type: "kubernetes.io/dockerconfigjson" }, flags);
  },
});

function checkAddress(url: string): void {
  try {
    parseReference(url);
  } catch (error) {
    throw usage(`error parsing url: '${messageOf(error)}'`);
  }
}

/** Source: fluxcd/pkg/runtime/secrets `MakeRegistrySecret`. */
function dockerConfig(url: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [url]: { username, password, auth } } }, undefined, 2);
}
