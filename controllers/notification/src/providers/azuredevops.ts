import { azureScopes } from "@eddy/cloud";
import { isObject } from "@eddy/core/json";
import type { FluxEvent } from "../event/flux-event.ts";
import { commitStatusProvider, latestIs } from "../provider/commit-status-provider.ts";
import { createForgeClient, objectsIn, textAt } from "../provider/forge-client.ts";
import type { ProviderDefinition, SendPorts } from "../provider/provider-type.ts";
import { parseRepositoryAddress, partsOf } from "../provider/repository-address.ts";
import { loginOptions, type ProviderSettings } from "../provider/settings.ts";

const query = { "api-version": "6.0" };

/** Statuses of commits on Azure DevOps, by a personal token or workload identity. Source: Azure DevOps' REST API, "Statuses". */
export const azuredevops: ProviderDefinition = commitStatusProvider(async (settings, ports) => {
  const address = parseRepositoryAddress(settings.address);
  const [organization, project, , repository] = partsOf(address, 4);
  const base = `${address.host}/${organization}/${project}/_apis/git/repositories/${repository}`;
  const client = createForgeClient(base, { authorization: await authorization(settings, ports) }, ports);
  const stateOf = (state: string): string => (state === "success" ? "succeeded" : "error");
  return {
    async isKnown({ sha, context, state, description, event }) {
      const doing = "could not list commit statuses";
      const answer = await client.request("GET", `/commits/${sha}/statuses`, { doing, query });
      return latestIs(
        objectsIn(isObject(answer) ? answer["value"] : answer),
        (each) => textAt(each, "context", "name") === context && textAt(each, "context", "genre") === genreOf(event),
        (each) => each["state"] === stateOf(state) && each["description"] === description,
      );
    },
    async post({ sha, context, state, description, event }) {
      const body = { context: { genre: genreOf(event), name: context }, description, state: stateOf(state) };
      await client.request("POST", `/commits/${sha}/statuses`, {
        doing: "could not create commit status",
        query,
        body,
      });
    },
  };
});

function genreOf({ metadata = {} }: FluxEvent): string {
  const { summary } = metadata;
  return summary === undefined ? "fluxcd" : `fluxcd:${summary}`;
}

async function authorization(settings: ProviderSettings, { login }: SendPorts): Promise<string> {
  const { token } = settings;
  if (token !== "") return `Basic ${Buffer.from(`:${token}`).toString("base64")}`;
  return `Bearer ${(await login.azure(azureScopes.devOps, loginOptions(settings))).value}`;
}
