import { EddyError, messageOf } from "@eddy/core/errors";
import { HttpError } from "./errors.ts";

const certificateCode =
  /^(?:CERT_|UNABLE_TO_(?:GET|VERIFY)|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_ALTNAME_INVALID)/;

/** What a socket's error means. Errors that already say it pass through. */
export function connectionError(error: unknown, origin: string): EddyError {
  if (error instanceof EddyError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const where = `connect ${origin}`;
  if (certificateCode.test(code))
    return new HttpError("tls", `${where}: tls: failed to verify certificate: ${messageOf(error)}`, { cause: error });
  if (code.startsWith("HPE_") || code.startsWith("Z_") || code.startsWith("ERR_BROTLI") || code === "ERR_ZLIB")
    return new HttpError("protocol", `read the answer of ${origin}: ${messageOf(error)}`, { cause: error });
  const kind = /^(?:ERR_SSL_|ERR_TLS_|EPROTO)/.test(code) ? "tls" : "unreachable";
  return new HttpError(kind, `${where}: ${messageOf(error)}`, { cause: error });
}
