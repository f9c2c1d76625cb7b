import { commentProvider } from "../provider/comment-provider.ts";
import { createForgeClient, objectsIn, requireToken, textAt } from "../provider/forge-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { parseRepositoryAddress, partsOf } from "../provider/repository-address.ts";

const doing = "failed to get authenticated user info";

/** A comment of a pull request on Gitea and Forgejo. Source: Gitea's API. */
export const giteapullrequestcomment: ProviderDefinition = commentProvider(
  "flux-pr-comment-key",
  async (settings, ports) => {
    const token = requireToken(settings, "gitea");
    const address = parseRepositoryAddress(settings.address);
    const [owner, repository] = partsOf(address, 2);
    const client = createForgeClient(`${address.host}/api/v1`, { authorization: `token ${token}` }, ports);
    const path = `/repos/${owner}/${repository}/issues`;
    const user = textAt(await client.request("GET", "/user", { doing }), "login");
    return {
      async list(number) {
        const options = { doing: "failed to list pull request comments", query: { limit: "100", page: "1" } };
        return objectsIn(await client.request("GET", `${path}/${number}/comments`, options)).map((each) => ({
          id: textAt(each, "id"),
          body: textAt(each, "body"),
          isOwn: textAt(each, "user", "login") === user,
        }));
      },
      async create(number, body) {
        const options = { doing: "failed to create pull request comment", body: { body } };
        await client.request("POST", `${path}/${number}/comments`, options);
      },
      async edit(_number, id, body) {
        const options = { doing: "failed to update pull request comment", body: { body } };
        await client.request("PATCH", `${path}/comments/${id}`, options);
      },
    };
  },
);
