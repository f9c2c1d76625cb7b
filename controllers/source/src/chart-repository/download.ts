import { messageOf } from "@eddy/core/errors";
import { withoutUserInfo, type HttpClient, type HttpHeaders, type HttpResponse } from "@eddy/http";
import type { HelmAccess } from "./helm-access.ts";

/** What is downloaded of a chart repository. */
export interface Download {
  readonly client: HttpClient;
  readonly access: HelmAccess;
  /** The repository's URL: credentials are for its origin. */
  readonly repository: string;
  readonly maxBytes: number;
  readonly headers?: HttpHeaders;
  readonly signal: AbortSignal;
}

/**
 * Asks for a file of a repository; 304 is an answer, too. Credentials go to the repository's origin, and elsewhere only with
 * `passCredentials`. Source: helm pkg/getter `httpgetter.go`.
 * @throws Error in Helm's words, without user info
 */
export async function download(url: string, options: Download): Promise<HttpResponse> {
  const { client, access, repository, maxBytes, headers, signal } = options;
  const target = new URL(url);
  const isOwn = target.origin === new URL(repository).origin;
  const credentials = isOwn || access.passCredentials ? access.credentials : {};
  let response: HttpResponse;
  try {
    response = await client.request(target, {
      credentials,
      maxBytes,
      timeoutMs: access.timeoutMs,
      signal,
      ...(headers ? { headers } : {}),
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error(`Get ${JSON.stringify(shown(target))}: ${messageOf(cause)}`, { cause });
  }
  if (response.status === 200 || response.status === 304) return response;
  response.discard();
  throw new Error(`failed to fetch ${shown(target)} : ${`${response.status} ${response.statusText}`.trim()}`);
}

/** The URL without what may be secret in it. */
function shown(url: URL): string {
  const bare = withoutUserInfo(url);
  bare.search = "";
  return bare.href;
}
