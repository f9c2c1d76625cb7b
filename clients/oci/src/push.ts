import type { Descriptor, OciCallOptions, OciLimits, PushedBlob } from "./client.ts";
import { hasBlob } from "./blobs.ts";
import { sha256Digest } from "./digest.ts";
import { mediaTypes } from "./media-types.ts";
import { fetchManifest } from "./manifests.ts";
import { ociError } from "./oci-error.ts";
import { parseImageIndex, parseImageManifest } from "./parse-manifest.ts";
import {
  formatReference,
  identifierOf,
  repositoryPath,
  withTag,
  type Reference,
  type Repository,
} from "@eddy/core/image";
import { fallbackTag } from "./referrers.ts";
import { isRegistryError } from "./registry-error.ts";
import type { Session } from "./session.ts";

const actions = "pull,push";

/** See `OciClient.pushBlob`: nothing is sent that is there, then a mount is tried, then it goes in one piece. */
export async function pushBlob(
  session: Session,
  repository: Repository,
  { bytes, mediaType, mountFrom }: PushedBlob,
  options: OciCallOptions = {},
): Promise<Descriptor> {
  const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
  if (await isThere(session, repository, descriptor.digest, options)) return descriptor;
  const uploads = `/v2/${repositoryPath(repository)}/blobs/uploads/`;
  const mount = mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: descriptor.digest, from: mountFrom })}`;
  const begun = await session.send({
    ...options,
    method: "POST",
    repository,
    actions,
    ...(mountFrom === undefined ? {} : { alsoPull: mountFrom }),
    path: `${uploads}${mount}`,
    expect: [201, 202],
  });
  begun.discard();
  if (begun.status === 201) return descriptor;
  const path = await uploadPath(session, begun.headers["location"], begun.url, descriptor.digest);
  const sent = await session.send({
    ...options,
    method: "PUT",
    repository,
    actions,
    path,
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
    expect: [201, 204],
  });
  sent.discard();
  return descriptor;
}

/** A refused HEAD has no words for why: the upload that follows is refused with them. */
async function isThere(
  session: Session,
  repository: Repository,
  digest: string,
  options: OciCallOptions,
): Promise<boolean> {
  try {
    return await hasBlob(session, repository, digest, { ...options, actions });
  } catch (error) {
    if (isRegistryError(error, 401, 403)) return false;
    throw error;
  }
}

/** Where the upload goes on: an address, or a path, that gets the digest as a parameter. It may be on another host. */
async function uploadPath(session: Session, location: string | undefined, from: URL, digest: string): Promise<string> {
  if (location === undefined || !URL.canParse(location, from.href))
    throw ociError("OCI_PROTOCOL", `push blob ${digest}: the registry names no place for it`);
  const url = new URL(location, from);
  const { origin } = await session.endpoint();
  // Registries behind proxies name themselves by http or by another port; the upload is theirs all the same.
  if (url.hostname !== origin.hostname)
    throw ociError("OCI_PROTOCOL", `push blob ${digest}: refused to send it to ${url.host}`);
  url.searchParams.set("digest", digest);
  return `${url.pathname}${url.search}`;
}

/** See `OciClient.pushManifest`. */
export async function pushManifest(
  session: Session,
  reference: Reference,
  manifest: { mediaType: string; bytes: Uint8Array },
  limits: OciLimits,
  options: OciCallOptions = {},
): Promise<Descriptor> {
  const { repository } = reference;
  const response = await session.send({
    ...options,
    method: "PUT",
    repository,
    actions,
    path: `/v2/${repositoryPath(repository)}/manifests/${identifierOf(reference)}`,
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
    expect: [200, 201, 202],
  });
  response.discard();
  const descriptor = {
    mediaType: manifest.mediaType,
    digest: sha256Digest(manifest.bytes),
    size: manifest.bytes.length,
  };
  if (response.headers["oci-subject"] === undefined)
    await listInFallbackTag(session, repository, descriptor, manifest.bytes, limits, options);
  return descriptor;
}

/** Where a registry has no referrers API, what refers to a subject is listed under a tag. Source: distribution specification 1.1. */
async function listInFallbackTag(
  session: Session,
  repository: Repository,
  descriptor: Descriptor,
  bytes: Uint8Array,
  limits: OciLimits,
  options: OciCallOptions,
): Promise<void> {
  if (descriptor.mediaType !== mediaTypes.ociManifest) return;
  const { subject, artifactType, config, annotations } = parseImageManifest(bytes);
  if (!subject) return;
  const reference = withTag(repository, fallbackTag(subject.digest));
  const listed = await fetchListed(session, reference, limits, options);
  if (listed.some(({ digest }) => digest === descriptor.digest)) return;
  const entry = {
    ...descriptor,
    artifactType: artifactType ?? config.mediaType,
    ...(annotations ? { annotations } : {}),
  };
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...listed, entry] };
  const pushed = { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(JSON.stringify(index)) };
  await pushManifest(session, reference, pushed, limits, options);
}

async function fetchListed(
  session: Session,
  reference: Reference,
  limits: OciLimits,
  options: OciCallOptions,
): Promise<readonly Descriptor[]> {
  try {
    return parseImageIndex((await fetchManifest(session, reference, limits, options)).bytes).manifests;
  } catch (error) {
    if (isRegistryError(error, 404)) return [];
    throw error;
  }
}

/** See `OciClient.tag`. */
export async function tagManifest(
  session: Session,
  reference: Reference,
  tag: string,
  limits: OciLimits,
  options: OciCallOptions = {},
): Promise<Descriptor> {
  const { descriptor, bytes } = await fetchManifest(session, reference, limits, options);
  const target = withTag(reference.repository, tag);
  const response = await session.send({
    ...options,
    method: "PUT",
    repository: reference.repository,
    actions,
    path: `/v2/${repositoryPath(reference.repository)}/manifests/${encodeURIComponent(tag)}`,
    headers: { "content-type": descriptor.mediaType },
    body: bytes,
    expect: [200, 201, 202],
  });
  response.discard();
  const named = response.headers["docker-content-digest"];
  if (named !== undefined && named !== descriptor.digest)
    throw ociError("OCI_DIGEST", `tag ${formatReference(target)}: got "${named}", want "${descriptor.digest}"`);
  return descriptor;
}

/** See `OciClient.deleteManifest`. */
export async function deleteManifest(
  session: Session,
  reference: Reference,
  options: OciCallOptions = {},
): Promise<void> {
  const response = await session.send({
    ...options,
    method: "DELETE",
    repository: reference.repository,
    actions: "delete",
    path: `/v2/${repositoryPath(reference.repository)}/manifests/${identifierOf(reference)}`,
    expect: [200, 202],
  });
  response.discard();
}
