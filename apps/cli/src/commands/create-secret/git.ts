import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { basicFlags, secretFlags } from "../../secret-data/flags.ts";
import { sshSecretData } from "../../secret-data/git-secret.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { readFlagFile } from "../../secret-data/read-pem.ts";
import { usage } from "../../command/usage.ts";

const flags = {
  ...secretFlags,
  ...basicFlags,
  url: flag.text("git address, e.g. ssh://git@host/org/repository"),
  bearerToken: flag.text("bearer authentication token"),
  caCrtFile: flag.text("path to TLS CA certificate file used for validating self-signed certificates"),
  privateKeyFile: flag.text("path to a private key file used for authenticating to the Git SSH server"),
  sshKeyAlgorithm: flag.textWithDefault("ecdsa", "SSH public key algorithm: rsa, ecdsa or ed25519"),
  sshRsaBits: flag.integer(2048, "SSH RSA public key bit size (multiplies of 8)"),
  sshEcdsaCurve: flag.textWithDefault("p384", "SSH ECDSA public key curve: p256, p384 or p521"),
};

/** `create secret git`: credentials for a repository, or a new deploy key. Source: fluxcd/flux2 cmd/flux/create_secret_git.go. */
export const createSecretGitCommand: Command = defineCommand({
  path: ["create", "secret", "git"],
  summary: "Create or update a Kubernetes secret for Git authentication",
  details:
    "For Git over SSH, a key is made and the host's keys are fetched; for Git over HTTP/S, the given user and password or bearer token are kept.",
  args: [{ name: "name" }],
  flags,
  examples: [
    [
      "Make a deploy key",
      "create secret git podinfo-auth --url=ssh://git@github.com/stefanprodan/podinfo --ssh-key-algorithm=ed25519",
    ],
    [
      "Keep a user and password",
      "create secret git podinfo-auth --url=https://github.com/stefanprodan/podinfo --username=me --password=secret",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    if (!flags.url) throw usage("url is required");
    const url = URL.canParse(flags.url) ? new URL(flags.url) : undefined;
    if (!url) throw usage(`git URL parse failed: ${JSON.stringify(flags.url)}`);
    const scheme = url.protocol.slice(0, -1);
    if (!["ssh", "http", "https"].includes(scheme))
      throw usage(`git URL scheme '${scheme}' not supported, can be: ssh, http and https`);
    const stringData =
      scheme === "ssh"
        ? await sshSecretData(url, {
            algorithm: flags.sshKeyAlgorithm,
            rsaBits: flags.sshRsaBits,
            ecdsaCurve: flags.sshEcdsaCurve,
            privateKey: await readFlagFile(flags.privateKeyFile, "failed to open private key file"),
            password: flags.password,
            timeoutMs: context.flags.timeout,
            signal: context.signal,
          })
        : await httpSecretData(flags);
    await putSecret(context, { what: "git", name, stringData }, flags);
  },
});

async function httpSecretData(given: {
  username: string | undefined;
  password: string | undefined;
  bearerToken: string | undefined;
  caCrtFile: string | undefined;
}): Promise<Record<string, string>> {
  const { username, password, bearerToken } = given;
  const isBasic = Boolean(username && password);
  if (!isBasic && !bearerToken)
    throw usage("for Git over HTTP/S the username and password, or a bearer token is required");
  if (isBasic && bearerToken) throw usage("user credentials and bearer token cannot be used together");
  const ca = await readFlagFile(given.caCrtFile, "unable to read TLS CA file");
  return {
    ...(username && password ? { username, password } : {}),
    ...(bearerToken ? { bearerToken } : {}),
    ...(ca ? { "ca.crt": ca } : {}),
  };
}
