import { EddyError } from "@eddy/core/errors";
import { commitStatusProvider, type CommitStatus } from "../provider/commit-status-provider.ts";
import { createForgeClient, textAt } from "../provider/forge-client.ts";
import { bearerOrBasic } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { buildKey, buildState } from "./bitbucket.ts";

/** Build statuses on Bitbucket Server and Data Center. Source: its REST API, and notification-controller 1.9. */
export const bitbucketserver: ProviderDefinition = commitStatusProvider((settings, ports) => {
  const base = commitsUrl(settings.address);
  const headers = bearerOrBasic(settings);
  if (headers["authorization"] === undefined) {
    throw invalid("invalid credentials, expected to be one of username/password or API Token");
  }
  const own = { "x-atlassian-token": "no-check", "x-requested-with": "XMLHttpRequest" };
  const client = createForgeClient(base, { ...headers, ...own }, ports);
  return {
    async isKnown(status) {
      const { key, state, name, description } = buildOf(status);
      const doing = "could not get existing commit status";
      const known = await client.request("GET", `/${status.sha}/builds`, { doing, query: { key }, allow: 404 });
      const same = { key, state, name, description };
      return Object.entries(same).every(([member, value]) => textAt(known, member) === value);
    },
    async post(status) {
      const { key, state, name, description } = buildOf(status);
      const body = { description, key, name, state, url: settings.address };
      await client.request("POST", `/${status.sha}/builds`, { doing: "could not post build status", body });
    },
  };
});

interface Build {
  key: string;
  state: string;
  name: string;
  description: string;
}

/** The server shows the name alone: the description is in it. */
function buildOf({ context, state, description, event }: CommitStatus): Build {
  const { kind, name } = event.involvedObject;
  return {
    key: buildKey(context),
    state: buildState(state),
    name: `${`${kind}/${name}`.toLowerCase()} [${description}]`,
    description,
  };
}

/** From `https://host[/context]/scm/<project>/<repository>.git`. */
function commitsUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw invalid("could not parse git address: must be http or https");
  const [, context = "", project, repository] = /^(.*)\/scm\/([^/]+)\/([^/]+?)(?:\.git)?$/.exec(url.pathname) ?? [];
  if (project === undefined || repository === undefined)
    throw invalid("could not parse git address: supplied provider address is not http(s) git clone url");
  return `${url.origin}${context}/rest/api/latest/projects/${project}/repos/${repository}/commits`;
}

function invalid(message: string): EddyError {
  return new EddyError("PROVIDER_SETTINGS", message, { class: "terminal" });
}
