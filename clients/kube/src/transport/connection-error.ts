import { messageOf } from "@eddy/core/errors";
import { KubeConnectionError, type ConnectionFailure } from "../errors.ts";

const tlsCode = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The connection had been used before and was closed by the server before it answered: nothing was done. */
const staleConnections = new WeakSet<Error>();

/** A socket's error as KubeConnectionError; one that is already, as it is. `reused`: it was not the socket's first request. */
export function connectionError(error: Error, server: string, reused = false): KubeConnectionError {
  if (error instanceof KubeConnectionError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const failure = determineFailure(code);
  const action = failure === "Tls" ? "set up TLS with" : failure === "Cut" ? "talk to" : "connect to";
  const result = new KubeConnectionError(`${action} ${server}: ${messageOf(error)}`, error, failure);
  if (reused && failure === "Cut") staleConnections.add(result);
  return result;
}

/** Whether the error may only mean that the server had closed an idle connection. */
export function isStaleConnection(error: unknown): boolean {
  return error instanceof Error && staleConnections.has(error);
}

function determineFailure(code: string): ConnectionFailure {
  if (tlsCode.test(code)) return "Tls";
  if (code === "ETIMEDOUT" || code === "ESOCKETTIMEDOUT") return "Timeout";
  return code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE" || code.startsWith("HPE_")
    ? "Cut"
    : "Unreachable";
}
