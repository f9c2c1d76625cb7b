import { genericReasons, sourceConditionTypes, sourceReasons, type Artifact, type HelmRepository } from "@eddy/api";
import { digestOf, parseDigest } from "@eddy/core/digest";
import { messageOf } from "@eddy/core/errors";
import { indexUrl } from "@eddy/helm";
import { isHttpError, validatorsOf } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";
import { download } from "../chart-repository/download.ts";
import type { HelmAccess } from "../chart-repository/helm-access.ts";
import { ownerKey } from "../source/owner.ts";
import type { Ports } from "./ports.ts";

/** What the repository has: the file, or that it is what is stored. */
export type FetchedIndex =
  | { readonly changed: false }
  | { readonly changed: true; readonly bytes: Buffer; readonly revision: string };

/**
 * Asks for index.yaml, conditionally when `stored` was made of what the last answer was.
 * @throws StepError Failed (retry) with FetchFailed
 */
export async function fetchIndex(
  object: HelmRepository,
  access: HelmAccess,
  stored: Artifact | undefined,
  ports: Ports,
  signal: AbortSignal,
): Promise<FetchedIndex> {
  const { url } = object.spec;
  const [owner, key] = [ownerKey(object), `${url} ${access.key}`];
  const seen = ports.memory.get(owner);
  const isKnown = seen?.key === key && seen.revision === stored?.revision;
  try {
    const response = await download(indexUrl(url), {
      client: ports.clients.open(access),
      access,
      repository: url,
      maxBytes: ports.maxIndexBytes,
      headers: isKnown ? conditions(seen.validators) : {},
      signal,
    });
    if (response.status === 304) {
      response.discard();
      if (isKnown) return { changed: false };
      throw new Error("the server says that nothing changed, but was not asked whether");
    }
    const bytes = Buffer.from(await response.bytes());
    const revision = digestOf(bytes, algorithmOf(stored));
    ports.memory.set(owner, { key, validators: validatorsOf(response.headers), revision });
    return revision === stored?.revision ? { changed: false } : { changed: true, bytes, revision };
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StepError(genericReasons.failed, `failed to fetch Helm repository index: ${detailOf(cause, ports)}`, {
      cause,
      condition: sourceConditionTypes.fetchFailed,
      class: "retry",
    });
  }
}

function conditions({ etag, lastModified }: { etag?: string; lastModified?: string }): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
  };
}

/** The recorded revision is compared in its own algorithm. */
function algorithmOf(stored: Artifact | undefined): "sha256" | "sha384" | "sha512" {
  try {
    return parseDigest(stored?.revision ?? "").algorithm;
  } catch {
    return "sha256";
  }
}

function detailOf(cause: unknown, { maxIndexBytes }: Ports): string {
  const doing = "failed to cache index to temporary file";
  const root = cause instanceof Error && isHttpError(cause.cause) ? cause.cause : cause;
  if (isHttpError(root, "tooLarge"))
    return `${doing}: index exceeds the maximum index file size of ${maxIndexBytes} bytes`;
  return `${doing}: ${messageOf(cause)}`;
}

/** @throws StepError URLInvalid (terminal) with FetchFailed */
export function checkUrl({ spec }: HelmRepository): void {
  const refuse = (why: string): StepError =>
    new StepError(sourceReasons.urlInvalid, `invalid Helm repository URL: ${why}`, {
      class: "terminal",
      condition: sourceConditionTypes.fetchFailed,
    });
  if (spec.url.startsWith("oci://")) throw refuse("'oci' URL scheme cannot be used with 'default' HelmRepository type");
  try {
    indexUrl(spec.url);
  } catch (cause) {
    throw refuse(messageOf(cause));
  }
}
