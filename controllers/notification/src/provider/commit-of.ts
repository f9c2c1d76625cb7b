import { EddyError } from "@eddy/core/errors";
import type { FluxEvent } from "../event/flux-event.ts";

/**
 * The hash of the commit that an event is about: of `commit`, else `originRevision`, else `revision`. Pure. Source: flux2.md 3.8
 * "Commit status".
 * @throws EddyError COMMIT_UNKNOWN (terminal) in upstream's words
 */
export function commitOf({ metadata = {} }: FluxEvent): string {
  const revision = metadata["commit"] ?? metadata["originRevision"] ?? metadata["revision"];
  if (revision === undefined) throw unknown("missing revision metadata");
  const last = revision.slice(Math.max(revision.lastIndexOf("@"), revision.lastIndexOf("/")) + 1);
  const hash = /^(?:sha1:|sha256:)?([0-9a-f]{40}|[0-9a-f]{64})$/i.exec(last)?.[1];
  if (hash !== undefined) return hash;
  throw unknown(`failed to extract commit hash from '${revision}' revision`);
}

function unknown(message: string): EddyError {
  return new EddyError("COMMIT_UNKNOWN", message, { class: "terminal" });
}
