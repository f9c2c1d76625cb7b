import { commitStatusProvider, latestIs } from "../provider/commit-status-provider.ts";
import { createForgeClient, objectsIn, requireToken } from "../provider/forge-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { parseRepositoryAddress, partsOf } from "../provider/repository-address.ts";

/** Statuses of commits on Gitea and Forgejo; progress is `pending`. Source: Gitea's API. */
export const gitea: ProviderDefinition = commitStatusProvider(
  (settings, ports) => {
    const token = requireToken(settings, "gitea");
    const address = parseRepositoryAddress(settings.address);
    const [owner, repository] = partsOf(address, 2);
    const client = createForgeClient(`${address.host}/api/v1`, { authorization: `token ${token}` }, ports);
    const path = `/repos/${owner}/${repository}`;
    return {
      async isKnown({ sha, context, state, description }) {
        const doing = "could not list commit statuses";
        const query = { limit: "50", page: "1" };
        const list = objectsIn(await client.request("GET", `${path}/commits/${sha}/statuses`, { doing, query }));
        return latestIs(
          list,
          (each) => each["context"] === context,
          (each) => each["status"] === state && each["description"] === description,
        );
      },
      async post({ sha, state, description, context }) {
        const body = { state, target_url: "", description, context };
        await client.request("POST", `${path}/statuses/${sha}`, { doing: "could not create commit status", body });
      },
    };
  },
  { showsProgress: true },
);
