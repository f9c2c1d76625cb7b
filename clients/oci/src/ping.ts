import type { OciCallOptions } from "./client.ts";
import type { Repository } from "@eddy/core/image";
import type { Session } from "./session.ts";

/** See `OciClient.ping`: `/v2/` with whatever the keychain has for the registry. */
export async function pingRegistry(
  session: Session,
  { registry, insecure }: Pick<Repository, "registry" | "insecure">,
  options: OciCallOptions = {},
): Promise<void> {
  const repository = { registry, insecure, path: "" };
  const response = await session.send({ ...options, repository, path: "/v2/", expect: [200] });
  response.discard();
}
