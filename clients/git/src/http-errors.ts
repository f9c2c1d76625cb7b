import type { IncomingMessage } from "node:http";
import { EddyError, messageOf } from "@eddy/core/errors";
import { GitError } from "./errors.ts";

const certificateCodes = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What a failed connection means. Errors that already say it pass through. */
export function connectionError(error: unknown, url: URL | undefined): EddyError {
  if (error instanceof EddyError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const where = url === undefined ? "" : ` ${url.origin}`;
  if (certificateCodes.has(code))
    return new GitError("certificate", `connect${where}: tls: failed to verify certificate: ${messageOf(error)}`, {
      cause: error,
    });
  return new GitError("unreachable", `connect${where}: ${messageOf(error)}`, { cause: error });
}

/** What an unsuccessful status means, in the words of go-git, which users of Flux know. */
export async function statusError(response: IncomingMessage, url: URL): Promise<GitError> {
  const status = response.statusCode ?? 0;
  const detail = await reasonOf(response);
  const suffix = detail === "" ? "" : `: ${detail}`;
  if (status === 401) return new GitError("authentication", `authentication required${suffix}`);
  if (status === 403) return new GitError("authentication", `authorization failed${suffix}`);
  if (status === 404) return new GitError("not-found", `repository not found${suffix}`);
  return new GitError(
    status >= 500 || status === 429 ? "unreachable" : "protocol",
    `unexpected client error: unexpected requesting "${url.origin}${url.pathname}" status code: ${status}${suffix}`,
  );
}

const maxReason = 256;

/** The first line of a plain-text answer: forges explain themselves there. */
async function reasonOf(response: IncomingMessage): Promise<string> {
  if (!(response.headers["content-type"] ?? "").startsWith("text/plain")) {
    response.resume();
    return "";
  }
  let text = "";
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > maxReason) break;
    }
  } catch {
    // The status alone says enough.
  }
  return (text.trim().split("\n", 1)[0] ?? "").slice(0, maxReason).replace(/[^\x20-\x7e]/g, "?");
}
