import { createHash } from "node:crypto";
import { EddyError } from "@eddy/core/errors";
import { commitStatusProvider } from "../provider/commit-status-provider.ts";
import { createForgeClient, requireToken, textAt } from "../provider/forge-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { parseRepositoryAddress, partsOf } from "../provider/repository-address.ts";

/** Build statuses on Bitbucket's cloud; the token is `<user>:<app password>`. Source: Bitbucket's REST API 2.0. */
export const bitbucket: ProviderDefinition = commitStatusProvider((settings, ports) => {
  const token = requireToken(settings, "bitbucket");
  if (token.split(":").length !== 2) {
    const message = "invalid token format, expected to be <user>:<password>";
    throw new EddyError("PROVIDER_SETTINGS", message, { class: "terminal" });
  }
  const [owner, repository] = partsOf(parseRepositoryAddress(settings.address), 2);
  const authorization = `Basic ${Buffer.from(token).toString("base64")}`;
  const client = createForgeClient("https://api.bitbucket.org/2.0", { authorization }, ports);
  const path = (sha: string): string => `/repositories/${owner}/${repository}/commit/${sha}/statuses/build`;
  return {
    async isKnown({ sha, context, state, description }) {
      const doing = "could not get commit status";
      const known = await client.request("GET", `${path(sha)}/${buildKey(context)}`, { doing, allow: 404 });
      return textAt(known, "state") === buildState(state) && textAt(known, "description") === description;
    },
    async post({ sha, state, description, context, event }) {
      const { kind, name } = event.involvedObject;
      const body = {
        state: buildState(state),
        key: buildKey(context),
        name: `${kind}/${name}`.toLowerCase(),
        url: "https://bitbucket.org",
        description,
      };
      await client.request("POST", path(sha), { doing: "could not create commit status", body });
    },
  };
});

/** A key has 40 characters at most. */
export function buildKey(context: string): string {
  return createHash("sha1").update(context).digest("hex");
}

/** Bitbucket's word for a state. */
export function buildState(state: string): string {
  return state === "success" ? "SUCCESSFUL" : "FAILED";
}
