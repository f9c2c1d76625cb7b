import { EddyError, messageOf } from "@eddy/core/errors";
import { isHttpError } from "@eddy/http";
import { redactUrl } from "./registry-error.ts";

/**
 * What is wrong with an answer or a connection: OCI_DIGEST (content is not what it is named), OCI_TOO_LARGE, OCI_PROTOCOL (an answer
 * that makes no sense), OCI_CONNECT (none came), OCI_NO_PLATFORM, OCI_CREDENTIALS (how to log in could not be found out). Class
 * retry. OCI_HOST_BUSY (the host asked to be left alone for longer than a request waits): class waiting.
 */
export type OciErrorCode =
  | "OCI_DIGEST"
  | "OCI_TOO_LARGE"
  | "OCI_PROTOCOL"
  | "OCI_CONNECT"
  | "OCI_NO_PLATFORM"
  | "OCI_CREDENTIALS"
  | "OCI_HOST_BUSY";

/** An error of {@link OciErrorCode}. */
export function ociError(code: OciErrorCode, message: string, cause?: unknown): EddyError {
  return new EddyError(code, message, cause === undefined ? {} : { cause });
}

/** A failed exchange as Go's `net/http` words it: `Get "https://host/v2/": <why>`. Other errors pass through. */
export function exchangeError(error: unknown, method: string, url: URL): unknown {
  if (!isHttpError(error)) return error;
  const code = error.kind === "tooLarge" ? "OCI_TOO_LARGE" : "OCI_CONNECT";
  return ociError(code, `${request(method, url)}: ${error.detail}`, error);
}

/** A failure to find out how to log in, as Go's `net/http` words it. */
export function credentialError(error: unknown, method: string, url: URL): EddyError {
  return ociError("OCI_CREDENTIALS", `${request(method, url)}: ${messageOf(error)}`, error);
}

function request(method: string, url: URL): string {
  return `${method.slice(0, 1)}${method.slice(1).toLowerCase()} "${redactUrl(url)}"`;
}
