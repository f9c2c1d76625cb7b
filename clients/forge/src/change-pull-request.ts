import { callForge, type ForgeAccess } from "./call-forge.ts";
import { dialects } from "./dialects.ts";
import type { Forge } from "./parse-forge.ts";
import type { PullRequestChange } from "./pull-request.ts";

/** Changes or closes a pull request, in one request. Idempotent. @throws ForgeError */
export async function changePullRequest(
  forge: Forge,
  number: number,
  change: PullRequestChange,
  access: ForgeAccess,
): Promise<void> {
  const dialect = dialects[forge.kind];
  const doing = `${change.state === "closed" ? "close" : "update"} pull request ${number}`;
  const call = { doing, method: dialect.changeMethod, body: dialect.changeBody(change) };
  await callForge(forge, dialect.itemPath(forge, number), call, access);
}
