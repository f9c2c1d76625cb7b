import { commentProvider } from "../provider/comment-provider.ts";
import { createForgeClient, objectsIn, requireToken, textAt } from "../provider/forge-client.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { parseRepositoryAddress } from "../provider/repository-address.ts";

const doing = "failed to get authenticated user info";

/** A note of a merge request on GitLab. Source: GitLab's REST API, "Notes". */
export const gitlabmergerequestcomment: ProviderDefinition = commentProvider(
  "flux-mr-comment-key",
  async (settings, ports) => {
    const { host, id } = parseRepositoryAddress(settings.address);
    const client = createForgeClient(`${host}/api/v4`, { "private-token": requireToken(settings, "gitlab") }, ports);
    const user = textAt(await client.request("GET", "/user", { doing }), "username");
    const notes = (number: number): string => `/projects/${encodeURIComponent(id)}/merge_requests/${number}/notes`;
    return {
      async list(number) {
        const query = { order_by: "created_at", per_page: "100", sort: "asc" };
        const found = await client.request("GET", notes(number), {
          doing: "failed to list merge request notes",
          query,
        });
        return objectsIn(found).map((each) => ({
          id: textAt(each, "id"),
          body: textAt(each, "body"),
          isOwn: textAt(each, "author", "username") === user,
        }));
      },
      async create(number, body) {
        await client.request("POST", notes(number), { doing: "failed to create merge request note", body: { body } });
      },
      async edit(number, noteId, body) {
        const options = { doing: "failed to update merge request note", body: { body } };
        await client.request("PUT", `${notes(number)}/${noteId}`, options);
      },
    };
  },
);
