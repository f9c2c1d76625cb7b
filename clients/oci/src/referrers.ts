import type { Descriptor, OciCallOptions, OciLimits } from "./client.ts";
import { checkedDigest } from "./digest.ts";
import { nextPage } from "./list-tags.ts";
import { fetchManifest } from "./manifests.ts";
import { isIndex, mediaTypes } from "./media-types.ts";
import { ociError } from "./oci-error.ts";
import { parseImageIndex } from "./parse-manifest.ts";
import { repositoryPath, withTag, type Repository } from "@eddy/core/image";
import { isRegistryError } from "./registry-error.ts";
import type { Session } from "./session.ts";

const maxReferrers = 10_000;
const maxPages = 100;

/** The tag under which a registry without the API lists them: `sha256-<hex>`. */
export function fallbackTag(digest: string): string {
  return digest.replace(":", "-");
}

/** See `OciClient.listReferrers`. Source: distribution specification 1.1, "Listing Referrers". */
export async function listReferrers(
  session: Session,
  repository: Repository,
  digest: string,
  limits: OciLimits,
  options: OciCallOptions & { artifactType?: string } = {},
): Promise<Descriptor[]> {
  const { artifactType, ...call } = options;
  const listed =
    (await listByApi(session, repository, checkedDigest(digest), limits, options)) ??
    (await listByTag(session, repository, digest, limits, call));
  return artifactType === undefined ? listed : listed.filter((entry) => entry.artifactType === artifactType);
}

/** Undefined where the registry does not know the API. */
async function listByApi(
  session: Session,
  repository: Repository,
  digest: string,
  limits: OciLimits,
  { artifactType, ...call }: OciCallOptions & { artifactType?: string },
): Promise<Descriptor[] | undefined> {
  const listed: Descriptor[] = [];
  const query = artifactType === undefined ? "" : `?${new URLSearchParams({ artifactType })}`;
  let path: string | undefined = `/v2/${repositoryPath(repository)}/referrers/${digest}${query}`;
  for (let page = 0; path !== undefined; page++) {
    if (page >= maxPages) throw ociError("OCI_PROTOCOL", "list referrers: the pages never end");
    const response = await session.send({
      ...call,
      repository,
      path,
      headers: { accept: mediaTypes.ociIndex },
      expect: [200, 400, 404, 405, 406],
      maxBytes: limits.maxManifestBytes,
    });
    const type = (response.headers["content-type"] ?? "").split(";", 1)[0] ?? "";
    if (response.status !== 200 || type !== mediaTypes.ociIndex) {
      response.discard();
      return undefined;
    }
    listed.push(...parseImageIndex(await response.bytes()).manifests);
    if (listed.length > maxReferrers) throw ociError("OCI_TOO_LARGE", `list referrers: more than ${maxReferrers}`);
    path = nextPage(response);
  }
  return listed;
}

async function listByTag(
  session: Session,
  repository: Repository,
  digest: string,
  limits: OciLimits,
  options: OciCallOptions,
): Promise<Descriptor[]> {
  try {
    const { descriptor, bytes } = await fetchManifest(
      session,
      withTag(repository, fallbackTag(digest)),
      limits,
      options,
    );
    return isIndex(descriptor.mediaType) ? [...parseImageIndex(bytes).manifests] : [];
  } catch (error) {
    if (isRegistryError(error, 404)) return [];
    throw error;
  }
}
