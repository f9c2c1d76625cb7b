import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { secretFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { readFlagFile } from "../../secret-data/read-pem.ts";
import { usage } from "../../command/usage.ts";

/** `create secret githubapp`: a GitHub App for the provider `github`. Source: fluxcd/flux2 cmd/flux/create_secret_github_app.go. */
export const createSecretGitHubAppCommand: Command = defineCommand({
  path: ["create", "secret", "githubapp"],
  summary: "Create or update a github app secret",
  args: [{ name: "name" }],
  flags: {
    ...secretFlags,
    appId: flag.text("github app ID"),
    appInstallationOwner: flag.text("github app installation owner (user or organization)"),
    appInstallationId: flag.text("github app installation ID"),
    appPrivateKey: flag.text("github app private key file path"),
    appBaseUrl: flag.text("github app base URL"),
  },
  examples: [
    [
      "Keep a GitHub App",
      "create secret githubapp podinfo-auth --app-id=1 --app-installation-id=2 --app-private-key=./key.pem",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const privateKey = await readFlagFile(flags.appPrivateKey, "unable to read private key file");
    if (!flags.appId) throw usage("githubAppID is required");
    if (!privateKey) throw usage("githubAppPrivateKey is required");
    if (Boolean(flags.appInstallationOwner) === Boolean(flags.appInstallationId)) {
      const names = "githubAppInstallationOwner or githubAppInstallationID";
      throw usage(`exactly one of ${names} must be provided`);
    }
    const stringData = {
      githubAppID: flags.appId,
      ...(flags.appInstallationOwner ? { githubAppInstallationOwner: flags.appInstallationOwner } : {}),
      ...(flags.appInstallationId ? { githubAppInstallationID: flags.appInstallationId } : {}),
      githubAppPrivateKey: privateKey,
      ...(flags.appBaseUrl ? { githubAppBaseURL: flags.appBaseUrl } : {}),
    };
    await putSecret(context, { what: "githubapp", name, stringData, type: "Opaque" }, flags);
  },
});
