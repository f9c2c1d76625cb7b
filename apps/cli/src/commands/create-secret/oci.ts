import { EddyError, messageOf } from "@eddy/core/errors";
import { cliFieldManager } from "@eddy/api";
import { parseReference } from "@eddy/oci";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { formatDocument } from "../../output/object-formats.ts";

/** `create secret oci`: a pull secret for an OCIRepository. Source: fluxcd/flux2 cmd/flux/create_secret_oci.go. */
export const createSecretOciCommand: Command = defineCommand({
  path: ["create", "secret", "oci"],
  summary: "Create or update a Kubernetes image pull secret",
  args: [{ name: "name" }],
  flags: {
    url: flag.text("oci repository address e.g ghcr.io/stefanprodan/charts"),
    username: flag.text("basic authentication username", { short: "u" }),
    password: flag.text("basic authentication password", { short: "p" }),
    export: flag.boolean("export in YAML format to stdout"),
  },
  examples: [
    [
      "Print a pull secret",
      "create secret oci podinfo-auth --url=ghcr.io --username=me --password=secret --export > secret.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const [name] = args;
    const { url, username, password } = flags;
    if (name === undefined) throw usage("name is required");
    if (!url) throw usage("--url is required");
    if (!username) throw usage("--username is required");
    if (!password) throw usage("--password is required");
    checkAddress(url);
    const namespace = await context.namespace();
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace },
      stringData: { ".dockerconfigjson": dockerConfig(url, username, password) },
      type: "kubernetes.io/dockerconfigjson",
    };
    if (flags.export) return context.print(formatDocument(secret));
    const kube = await context.kube();
    await kube.apply(secret, { fieldManager: cliFieldManager, force: true });
    context.status.action(`oci secret '${name}' created in '${namespace}' namespace`);
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}

function checkAddress(url: string): void {
  try {
    parseReference(url);
  } catch (error) {
    throw usage(`error parsing url: '${messageOf(error)}'`);
  }
}

function dockerConfig(url: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [url]: { username, password, auth } } });
}
