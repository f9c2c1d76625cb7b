import type { OutgoingHttpHeaders } from "node:http";
import { EddyError } from "@eddy/core/errors";
import type { Impersonation } from "../client.ts";

/**
 * The `Impersonate-*` headers. Source: client-go `transport.ImpersonationConfig`.
 * @throws EddyError IMPERSONATION_INVALID (terminal) for an empty user: the request would run as the process itself.
 */
export function impersonationHeaders(whom: Impersonation): OutgoingHttpHeaders {
  if (whom.user.trim() === "") {
    throw new EddyError("IMPERSONATION_INVALID", `impersonate a user: the name is ${JSON.stringify(whom.user)}`, {
      class: "terminal",
    });
  }
  const headers: OutgoingHttpHeaders = { "impersonate-user": whom.user };
  if (whom.uid !== undefined) headers["impersonate-uid"] = whom.uid;
  if (whom.groups && whom.groups.length > 0) headers["impersonate-group"] = whom.groups;
  for (const [key, values] of Object.entries(whom.extra ?? {})) {
    headers[`impersonate-extra-${escapeKey(key)}`] = values;
  }
  return headers;
}

/** Header names are tokens: anything else is percent-encoded, as `headerKeyEscape` does. Case is lost on the wire. */
function escapeKey(key: string): string {
  return [...Buffer.from(key.toLowerCase())]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[!#$&'*+\-.^_`|~0-9a-z]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
