import { commitStatusProvider, latestIs } from "../provider/commit-status-provider.ts";
import { objectsIn } from "../provider/forge-client.ts";
import { openGitHub } from "../provider/github-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** Statuses of commits on GitHub. Source: GitHub's REST API, "Commit statuses". */
export const github: ProviderDefinition = commitStatusProvider(async (settings, ports) => {
  const { client, path } = await openGitHub(settings, ports);
  return {
    async isKnown({ sha, context, state, description }) {
      const doing = "could not list commit statuses";
      const query = { per_page: "50" };
      const list = objectsIn(await client.request("GET", `${path}/commits/${sha}/statuses`, { doing, query }));
      return latestIs(
        list,
        (each) => each["context"] === context && each["state"] !== null && each["description"] !== null,
        (each) => each["state"] === state && each["description"] === description,
      );
    },
    async post({ sha, state, description, context }) {
      const doing = "could not create commit status";
      await client.request("POST", `${path}/statuses/${sha}`, { doing, body: { state, description, context } });
    },
  };
});
