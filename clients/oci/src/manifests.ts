import type { HttpResponse } from "@eddy/http";
import type { Descriptor, FetchedImage, OciCallOptions, OciLimits, Platform, RawManifest } from "./client.ts";
import { createDigestVerifier, isDigest, sha256Digest } from "./digest.ts";
import { acceptManifests, isIndex, isSchema1 } from "./media-types.ts";
import { ociError } from "./oci-error.ts";
import { parseImageIndex, parseImageManifest } from "./parse-manifest.ts";
import { formatReference, identifierOf, repositoryPath, withDigest, type Reference } from "@eddy/core/image";
import type { Session } from "./session.ts";

const defaultPlatform: Platform = { os: "linux", architecture: "amd64" };
const maxIndexDepth = 4;

function manifestPath(reference: Reference): string {
  return `/v2/${repositoryPath(reference.repository)}/manifests/${encodeURIComponent(identifierOf(reference)).replaceAll("%3A", ":")}`;
}

/** See `OciClient.resolve`: a HEAD request, and a GET where its answer says too little or refuses, for the reason. */
export async function resolveReference(
  session: Session,
  reference: Reference,
  limits: OciLimits,
  options: OciCallOptions = {},
): Promise<Descriptor> {
  const described = await headManifest(session, reference, options);
  return described ?? (await fetchManifest(session, reference, limits, options)).descriptor;
}

async function headManifest(
  session: Session,
  reference: Reference,
  options: OciCallOptions,
): Promise<Descriptor | undefined> {
  let response: HttpResponse;
  try {
    response = await session.send({ ...options, ...manifestRequest(reference), method: "HEAD", expect: [200] });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return undefined;
  }
  response.discard();
  const { headers } = response;
  const [mediaType, digest, length] = [
    headers["content-type"],
    headers["docker-content-digest"],
    headers["content-length"],
  ];
  if (!mediaType || digest === undefined || !isDigest(digest) || length === undefined) return undefined;
  checkRequested(reference, digest);
  return { mediaType: bareType(mediaType), digest, size: Number(length) };
}

function manifestRequest(reference: Reference): {
  repository: Reference["repository"];
  path: string;
  headers: Record<string, string>;
} {
  return { repository: reference.repository, path: manifestPath(reference), headers: { accept: acceptManifests } };
}

function checkRequested(reference: Reference, digest: string): void {
  if (reference.digest === undefined || reference.digest === digest) return;
  throw ociError(
    "OCI_DIGEST",
    `manifest digest: "${digest}" does not match requested digest: "${reference.digest}" for "${formatReference(reference)}"`,
  );
}

function bareType(header: string): string {
  return (header.split(";", 1)[0] ?? "").trim();
}

/** See `OciClient.fetchManifest`. */
export async function fetchManifest(
  session: Session,
  reference: Reference,
  limits: OciLimits,
  options: OciCallOptions = {},
): Promise<RawManifest> {
  const response = await session.send({
    ...options,
    ...manifestRequest(reference),
    expect: [200],
    maxBytes: limits.maxManifestBytes,
  });
  const bytes = Buffer.from(await response.bytes());
  const digest = digestFor(reference, bytes);
  return {
    descriptor: { mediaType: bareType(response.headers["content-type"] ?? ""), digest, size: bytes.length },
    bytes,
  };
}

function digestFor(reference: Reference, bytes: Buffer): string {
  const wanted = reference.digest;
  if (wanted !== undefined && isDigest(wanted) && !wanted.startsWith("sha256:")) {
    const verifier = createDigestVerifier(wanted, undefined);
    verifier.update(bytes);
    verifier.finish();
    return wanted;
  }
  const digest = sha256Digest(bytes);
  checkRequested(reference, digest);
  return digest;
}

/** See `OciClient.fetchImage`. @throws EddyError OCI_NO_PLATFORM, OCI_PROTOCOL beside those of `fetchManifest`. */
export async function fetchImage(
  session: Session,
  reference: Reference,
  limits: OciLimits,
  options: OciCallOptions & { platform?: Platform } = {},
): Promise<FetchedImage> {
  const { platform = defaultPlatform, ...call } = options;
  let current = reference;
  for (let depth = 0; depth < maxIndexDepth; depth++) {
    const raw = await fetchManifest(session, current, limits, call);
    const { mediaType } = raw.descriptor;
    if (isSchema1(mediaType))
      throw ociError("OCI_PROTOCOL", `unsupported MediaType: "${mediaType}", want schema 2 or OCI`);
    if (!isIndex(mediaType)) return { ...raw, manifest: parseImageManifest(raw.bytes) };
    const child = choosePlatform(parseImageIndex(raw.bytes).manifests, platform);
    if (!child) {
      const { os, architecture, variant } = platform;
      const named = [os, architecture, variant].filter((part) => part !== undefined).join("/");
      throw ociError("OCI_NO_PLATFORM", `no child with platform ${named} in index ${formatReference(current)}`);
    }
    current = withDigest(reference.repository, child.digest);
  }
  throw ociError("OCI_PROTOCOL", `fetch image: ${formatReference(reference)} is an index in an index, and so on`);
}

/** The first entry that fits; one without a platform counts as linux/amd64. Source: go-containerregistry `childByPlatform`. */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  return manifests.find(({ platform = defaultPlatform }) => {
    if (platform.os !== wanted.os || platform.architecture !== wanted.architecture) return false;
    if (wanted.variant !== undefined && platform.variant !== wanted.variant) return false;
    return wanted["os.version"] === undefined || platform["os.version"] === wanted["os.version"];
  });
}
