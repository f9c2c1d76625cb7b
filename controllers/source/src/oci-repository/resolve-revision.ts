import { sourceConditionTypes, sourceReasons, type OCIRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import {
  defaultTag,
  isDigest,
  parseRepository,
  withDigest,
  withTag,
  type OciClient,
  type Reference,
  type Repository,
} from "@eddy/oci";
import { StepError } from "@eddy/runtime/controller";
import { selectTag } from "./select-tag.ts";

/** What upstream has now. */
export interface ResolvedRevision {
  /** `<tag>@<digest>`, or `<digest>` when pinned. */
  readonly revision: string;
  /** As it was asked for. */
  readonly reference: Reference;
  /** By digest: what is verified and pulled. */
  readonly pinned: Reference;
  readonly digest: string;
}

const fetchFailed = sourceConditionTypes.fetchFailed;
const prefix = "oci://";

/**
 * The repository of `spec.url`.
 * @throws StepError URLInvalid (terminal) with FetchFailed, in upstream's words.
 */
export function repositoryOf({ spec }: OCIRepository): Repository {
  try {
    if (!spec.url.startsWith(prefix)) throw new Error("URL must be in format 'oci://<domain>/<org>/<repo>'");
    return parseUntagged(spec.url.slice(prefix.length), spec.insecure ?? false);
  } catch (cause) {
    throw new StepError(sourceReasons.urlInvalid, `URL validation failed for '${spec.url}': ${messageOf(cause)}`, {
      cause,
      class: "terminal",
      condition: fetchFailed,
    });
  }
}

function parseUntagged(text: string, insecure: boolean): Repository {
  // A tag is no part of a path: upstream's parser says so of its colon, before its own message is reached.
  return parseRepository(text, { insecure });
}

/**
 * Asks the registry which digest the reference names: a HEAD request, and the list of tags for a range; nothing for a digest.
 * @throws StepError ReadOperationFailed, OCIArtifactPullFailed with FetchFailed.
 */
export async function resolveRevision(
  client: OciClient,
  object: OCIRepository,
  signal: AbortSignal,
): Promise<ResolvedRevision> {
  const repository = repositoryOf(object);
  const reference = await resolveTag(client, repository, object, signal);
  try {
    const digest = await digestOf(client, reference, signal);
    const revision = reference.digest === undefined ? `${reference.tag ?? defaultTag}@${digest}` : digest;
    return { revision, reference, digest, pinned: withDigest(repository, digest) };
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StepError(sourceReasons.ociPullFailed, `failed to determine artifact digest: ${messageOf(cause)}`, {
      cause,
      class: "retry",
      condition: fetchFailed,
    });
  }
}

async function digestOf(client: OciClient, reference: Reference, signal: AbortSignal): Promise<string> {
  if (reference.digest === undefined) return (await client.resolve(reference, { signal })).digest;
  if (!isDigest(reference.digest)) throw new Error(`cannot parse hash: "${reference.digest}"`);
  return reference.digest;
}

async function resolveTag(
  client: OciClient,
  repository: Repository,
  { spec }: OCIRepository,
  signal: AbortSignal,
): Promise<Reference> {
  const { digest, semver, semverFilter, tag } = spec.ref ?? {};
  if (digest) return withDigest(repository, digest);
  if (!semver) return withTag(repository, tag || defaultTag);
  try {
    const tags = await client.listTags(repository, { signal });
    const mediaType = spec.layerSelector?.mediaType;
    const selection = {
      semver,
      ...(semverFilter ? { filter: semverFilter } : {}),
      ...(mediaType ? { mediaType } : {}),
    };
    return withTag(repository, selectTag(tags, selection));
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StepError(
      sourceReasons.readOperationFailed,
      `failed to determine the artifact tag for '${spec.url}': ${messageOf(cause)}`,
      { cause, class: "retry", condition: fetchFailed },
    );
  }
}
