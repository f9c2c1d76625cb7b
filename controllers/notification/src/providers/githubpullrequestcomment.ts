import { commentProvider } from "../provider/comment-provider.ts";
import { objectsIn, textAt } from "../provider/forge-client.ts";
import { openGitHub } from "../provider/github-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

const doing = "failed to get authenticated user info";

/** A comment of a pull request on GitHub. Source: GitHub's REST API, "Issue comments". */
export const githubpullrequestcomment: ProviderDefinition = commentProvider(
  "flux-pr-comment-key",
  async (settings, ports) => {
    const { client, path, isApp } = await openGitHub(settings, ports);
    const user = isApp ? "" : textAt(await client.request("GET", "/user", { doing }), "login");
    return {
      async list(number) {
        const query = { direction: "asc", per_page: "100", sort: "created" };
        const options = { doing: "failed to list pull request comments", query };
        return objectsIn(await client.request("GET", `${path}/issues/${number}/comments`, options)).map((each) => {
          const login = textAt(each, "user", "login");
          // An app cannot ask for its own name with its installation's token; a marker by another app is not forged.
          return {
            id: textAt(each, "id"),
            body: textAt(each, "body"),
            isOwn: isApp ? login.endsWith("[bot]") : login === user,
          };
        });
      },
      async create(number, body) {
        const options = { doing: "failed to create pull request comment", body: { body } };
        await client.request("POST", `${path}/issues/${number}/comments`, options);
      },
      async edit(_number, id, body) {
        const options = { doing: "failed to update pull request comment", body: { body } };
        await client.request("PATCH", `${path}/issues/comments/${id}`, options);
      },
    };
  },
);
