import { isHttpError, plainReason, type HttpErrorKind, type HttpResponse } from "@eddy/http";
import { GitError, type GitErrorKind } from "./errors.ts";

const kinds: Partial<Record<HttpErrorKind, GitErrorKind>> = {
  tls: "certificate",
  timeout: "timeout",
  tooLarge: "limit",
  protocol: "protocol",
  redirect: "unsafe",
  configuration: "configuration",
  authentication: "authentication",
};

/** A failed exchange as a Git error; anything else as it is. */
export function httpFailure(error: unknown): unknown {
  if (!isHttpError(error)) return error;
  const kind = error.status === 407 ? "authentication" : (kinds[error.kind] ?? "unreachable");
  return new GitError(kind, error.message, { cause: error });
}

/** What an unsuccessful status means, in the words of go-git, which users of Flux know. */
export async function statusError(response: HttpResponse, url: URL): Promise<GitError> {
  const { status } = response;
  const detail = await plainReason(response);
  const suffix = detail === "" ? "" : `: ${detail}`;
  if (status === 401) return new GitError("authentication", `authentication required${suffix}`);
  if (status === 403) return new GitError("authentication", `authorization failed${suffix}`);
  if (status === 404) return new GitError("not-found", `repository not found${suffix}`);
  return new GitError(
    status >= 500 || status === 429 ? "unreachable" : "protocol",
    `unexpected client error: unexpected requesting "${url.origin}${url.pathname}" status code: ${status}${suffix}`,
  );
}
