import { EddyError, messageOf } from "@eddy/core/errors";
import { HttpError } from "./errors.ts";

const certificateCode =
  /^(?:CERT_|UNABLE_TO_(?:GET|VERIFY)|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_ALTNAME_INVALID)/;

/** What a socket's error means. Errors that already say it pass through. */
export function connectionError(error: unknown, origin: string): EddyError {
  if (error instanceof EddyError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const doing = `connect ${origin}`;
  if (certificateCode.test(code)) {
    const detail = `tls: failed to verify certificate: ${messageOf(error)}`;
    return new HttpError("tls", detail, { doing, cause: error });
  }
  if (code.startsWith("HPE_") || code.startsWith("Z_"))
    return new HttpError("protocol", messageOf(error), { doing: `read the answer of ${origin}`, cause: error });
  return new HttpError("unreachable", messageOf(error), { doing, cause: error });
}
