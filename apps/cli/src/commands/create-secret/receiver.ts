import { randomBytes } from "node:crypto";
import { receiverTypes, webhookPath } from "@eddy/api";
import { createdName } from "../../command/created-name.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { secretFlags } from "../../secret-data/flags.ts";
import { putSecret } from "../../secret-data/put-secret.ts";
import { usage } from "../../command/usage.ts";

/** `create secret receiver`: a webhook's token, and its URL. Source: fluxcd/flux2 cmd/flux/create_secret_receiver.go. */
export const createSecretReceiverCommand: Command = defineCommand({
  path: ["create", "secret", "receiver"],
  summary: "Create or update a Kubernetes secret for a Receiver webhook",
  details:
    "Makes a secret with the token that proves calls of a webhook; an annotation has the URL of the webhook. The Receiver must have the name of the secret for the URL to be right.",
  args: [{ name: "name" }],
  flags: {
    ...secretFlags,
    type: flag.oneOf(receiverTypes, "the type of receiver"),
    token: flag.text("webhook token used for payload validation and URL computation, random if not given"),
    hostname: flag.text("hostname for the webhook URL e.g. flux.example.com"),
    emailClaim: flag.text("IAM service account email, required for the gcr type"),
    audienceClaim: flag.text("custom OIDC token audience for the gcr type, defaults to the webhook URL"),
  },
  examples: [
    ["A token for GitHub", "create secret receiver github-receiver --type=github --hostname=flux.example.com"],
    [
      "Who calls for a Google registry",
      "create secret receiver gcr-receiver --type=gcr --hostname=flux.example.com --email-claim=sa@project.iam.gserviceaccount.com",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { type, hostname, emailClaim, audienceClaim } = flags;
    if (type === undefined) throw usage("--type is required");
    if (!hostname) throw usage("--hostname is required");
    if (type === "gcr" && !emailClaim) throw usage("--email-claim is required for gcr receiver type");
    const token = flags.token || randomBytes(32).toString("hex");
    const url = `https://${hostname}${webhookPath(token, name, await context.namespace())}`;
    const claims = type === "gcr" && emailClaim ? { email: emailClaim, audience: audienceClaim || url } : {};
    const annotations = { "notification.toolkit.fluxcd.io/webhook": url };
    await putSecret(context, { what: "receiver", name, stringData: { ...claims, token }, annotations }, flags);
    if (!flags.export) context.status.success(`webhook URL ${url}`);
  },
});
