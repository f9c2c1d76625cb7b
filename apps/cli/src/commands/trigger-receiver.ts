import { createHmac } from "node:crypto";
import { webhookPath } from "@eddy/api";
import { delay } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { createHttpClient, type HttpClient } from "@eddy/http";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag, type FlagValues } from "../command/flag.ts";
import { usage } from "../command/usage.ts";
import { eddyVersion } from "../version.ts";

const types = ["generic", "generic-hmac", "generic-oidc"] as const;
const tokenVariable = "FLUX_TRIGGER_RECEIVER_OIDC_TOKEN";
const defaultAudience = "notification-controller";

const flagSpecs = {
  token: flag.text("the Receiver token, required for all types except generic-oidc where it must not be set"),
  url: flag.text("the base URL of the webhook receiver, may contain a base path"),
  type: flag.oneOf(types, "the Receiver type (default generic)"),
  oidcProvider: flag.oneOf(["github", "forgejo"], "the CI system to fetch the OIDC token from (generic-oidc only)"),
  oidcToken: flag.text(`the OIDC token (generic-oidc only); defaults to the environment's ${tokenVariable}`),
  oidcAudience: flag.text(`the audience of the OIDC token to fetch; defaults to "${defaultAudience}"`),
  payload: flag.textWithDefault("{}", "the JSON payload to send in the request body"),
  retries: flag.integer(10, "how often to try again after connection errors and the statuses 404, 408, 429 and 5xx"),
  retryDelay: flag.duration("10s", "the delay between tries"),
};

type Flags = FlagValues<typeof flagSpecs>;

/** `trigger receiver`: calls a webhook, from CI and without the cluster. Source: fluxcd/flux2 cmd/flux/trigger_receiver.go. */
export const triggerReceiverCommand: Command = defineCommand({
  path: ["trigger", "receiver"],
  summary: "Trigger the webhook of a Receiver",
  details:
    "Computes the webhook's path from the Receiver's name, namespace and token, and posts the payload to it. The cluster is not needed.",
  args: [{ name: "name" }],
  flags: flagSpecs,
  examples: [
    ["A generic Receiver", "trigger receiver my-receiver --token=my-token --url=https://flux-webhook.example.com"],
    [
      "From a workflow of GitHub Actions",
      "trigger receiver my-receiver --type=generic-oidc --oidc-provider=github --url=https://flux-webhook.example.com",
    ],
  ],
  async run({ args, flags }, context) {
    const [name] = args;
    if (name === undefined) throw usage("name is required");
    if (!flags.url) throw usage("--url is required");
    checkFlags(flags);
    const namespace = await context.namespace();
    const http = createHttpClient({ clock: context.clock, userAgent: `eddy/v${eddyVersion}` });
    try {
      const target = `${flags.url.replace(/\/+$/, "")}${webhookPath(flags.token ?? "", name, namespace)}`;
      const credentials = await credentialsOf(flags, http, context);
      context.status.action(`triggering Receiver ${namespace}/${name}`);
      await callUntilTaken(http, target, credentials, flags, context);
      context.status.success(`Receiver ${namespace}/${name} triggered`);
    } finally {
      http.close();
    }
  },
});

function checkFlags({ type = "generic", token, oidcProvider, oidcToken, oidcAudience }: Flags): void {
  if (type !== "generic-oidc") {
    if (!token) throw usage(`--token is required for --type=${type}`);
    if (oidcProvider || oidcToken || oidcAudience)
      throw usage("--oidc-provider, --oidc-token and --oidc-audience can only be set for --type=generic-oidc");
    return;
  }
  if (token) throw usage("--token must not be set for --type=generic-oidc, the Receiver of this type has no secret");
  if (oidcProvider && oidcToken) throw usage("--oidc-provider and --oidc-token are mutually exclusive");
  if (oidcAudience && !oidcProvider) throw usage("--oidc-audience can only be set together with --oidc-provider");
}

async function credentialsOf(flags: Flags, http: HttpClient, { io }: CommandContext): Promise<Record<string, string>> {
  const { type, token = "", payload } = flags;
  if (type === "generic-hmac")
    return { "x-signature": `sha256=${createHmac("sha256", token).update(payload).digest("hex")}` };
  if (type !== "generic-oidc") return {};
  const given = flags.oidcToken || io.env[tokenVariable];
  const found = flags.oidcProvider ? await fetchToken(flags.oidcAudience ?? defaultAudience, http, io.env) : given;
  if (found) return { authorization: `Bearer ${found}` };
  throw usage(`no OIDC token provided: set --oidc-provider, --oidc-token or the ${tokenVariable} environment variable`);
}

/** GitHub and Forgejo Actions give a job the same door to its token. */
async function fetchToken(audience: string, http: HttpClient, env: CommandContext["io"]["env"]): Promise<string> {
  const [address, secret] = [env["ACTIONS_ID_TOKEN_REQUEST_URL"], env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]];
  if (!address || !secret)
    throw usage("the job may not ask for an OIDC token: give it the permission `id-token: write`");
  const url = new URL(address);
  url.searchParams.set("audience", audience);
  const response = await http.request(url, { credentials: { authorization: `Bearer ${secret}` }, maxBytes: 64 * 1024 });
  const text = await response.text();
  const value = response.status === 200 ? (JSON.parse(text) as unknown) : undefined;
  if (isObject(value) && typeof value["value"] === "string") return value["value"];
  throw new EddyError("TRIGGER_FAILED", `fetch the job's OIDC token: status ${response.status}`);
}

async function callUntilTaken(
  http: HttpClient,
  url: string,
  credentials: Record<string, string>,
  { payload, retries, retryDelay }: Flags,
  { clock, signal, status }: CommandContext,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await callOnce(http, url, credentials, payload, signal);
    if (outcome === undefined) return;
    if (!outcome.isTransient || attempt >= retries) throw new EddyError("TRIGGER_FAILED", outcome.message);
    status.waiting(`${outcome.message}; retrying in ${formatDuration(retryDelay)} (${attempt + 1}/${retries})`);
    await delay(clock, retryDelay, signal);
  }
}

// A path may not be known yet right after the Receiver was made.
const transient: ReadonlySet<number> = new Set([404, 408, 429, 500, 502, 503, 504]);

async function callOnce(
  http: HttpClient,
  url: string,
  credentials: Record<string, string>,
  payload: string,
  signal: AbortSignal,
): Promise<{ message: string; isTransient: boolean } | undefined> {
  try {
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, credentials, body: payload, maxBytes: 64 * 1024, signal };
    const response = await http.request(url, request);
    const text = (await response.text()).trim();
    if (response.status >= 200 && response.status < 300) return undefined;
    const detail = text === "" ? "" : `: ${text}`;
    const message = `request to ${url} failed with status ${response.status} ${response.statusText}`.trimEnd() + detail;
    return { message, isTransient: transient.has(response.status) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { message: `request to ${url} failed: ${messageOf(error)}`, isTransient: true };
  }
}
