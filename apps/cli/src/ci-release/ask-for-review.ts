import { messageOf } from "@eddy/core/errors";
import { ForgeError, ensurePullRequest, parseForge, parseForgeKind, type PullRequestDraft } from "@eddy/forge";
import { createHttpClient } from "@eddy/http";
import { isCurrentText } from "@eddy/runtime/pull-request";
import { ReleaseError } from "./release-error.ts";
import type { RawSettings } from "./settings.ts";

/**
 * The pull request for a branch, made where there is none, and brought up to date where it is of an older release: its address.
 * @throws ReleaseError exit code 2 for settings that name no forge or hold no token, 4 when the forge refuses, else 1
 */
export async function askForReview(
  repo: string,
  draft: PullRequestDraft,
  { values }: RawSettings,
  signal: AbortSignal,
): Promise<string> {
  const one = (name: string): string | undefined => values.get(name)?.[0]?.trim() || undefined;
  const [kind, api, caCert] = [one("forge"), one("forge-api"), one("ca-cert")];
  const token = one("forge-token") ?? one("git-token");
  if (token === undefined)
    throw new ReleaseError("badInput", "a pull request wants a token of the forge (forge-token)");
  const http = createHttpClient(caCert === undefined ? {} : { caCert });
  try {
    const forge = parseForge(repo, {
      ...(kind ? { kind: parseForgeKind(kind) } : {}),
      ...(api === undefined ? {} : { api }),
    });
    const { url } = await ensurePullRequest(forge, draft, {
      http,
      token,
      signal,
      isCurrent: (open) => isCurrentText(open, draft),
    });
    return url;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ReleaseError(exitKindOf(cause), messageOf(cause), cause);
  } finally {
    http.close();
  }
}

function exitKindOf(cause: unknown): "badInput" | "refused" | "failed" {
  if (!(cause instanceof ForgeError)) return "failed";
  if (cause.kind === "configuration") return "badInput";
  return cause.kind === "refused" ? "refused" : "failed";
}
