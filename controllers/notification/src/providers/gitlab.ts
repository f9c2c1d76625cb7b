import { commitStatusProvider } from "../provider/commit-status-provider.ts";
import { createForgeClient, objectsIn, requireToken } from "../provider/forge-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { parseRepositoryAddress } from "../provider/repository-address.ts";

/** Statuses of commits on GitLab. Source: GitLab's REST API, "Commits". */
export const gitlab: ProviderDefinition = commitStatusProvider((settings, ports) => {
  const { host, id } = parseRepositoryAddress(settings.address);
  const client = createForgeClient(`${host}/api/v4`, { "private-token": requireToken(settings, "gitlab") }, ports);
  const project = `/projects/${encodeURIComponent(id)}`;
  const stateOf = (state: string): string => (state === "failure" ? "failed" : state);
  return {
    async isKnown({ sha, context, state, description }) {
      const doing = "unable to list commit status";
      const path = `${project}/repository/commits/${sha}/statuses`;
      const list = objectsIn(await client.request("GET", path, { doing, query: { name: context } }));
      return list.some(
        (each) =>
          each["sha"] === sha &&
          each["name"] === context &&
          each["status"] === stateOf(state) &&
          each["description"] === description,
      );
    },
    async post({ sha, state, description, context }) {
      const body = { state: stateOf(state), name: context, description };
      await client.request("POST", `${project}/statuses/${sha}`, { doing: "unable to set commit status", body });
    },
  };
});
