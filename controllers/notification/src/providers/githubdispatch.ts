import { openGitHub } from "../provider/github-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** Starts workflows of a repository on GitHub with the event. Source: GitHub's REST API, "Create a repository dispatch event". */
export const githubdispatch: ProviderDefinition = {
  async send(event, settings, ports) {
    const { client, path } = await openGitHub(settings, ports);
    const { kind, name, namespace } = event.involvedObject;
    await client.request("POST", `${path}/dispatches`, {
      doing: "could not send github repository dispatch webhook",
      body: { event_type: `${kind}/${name}.${namespace}`, client_payload: event },
    });
  },
};
