import { isRegistryError, withDigest, withTag, type OciClient, type Reference } from "@eddy/oci";
import type { CosignMaterial, SimpleSignature } from "@eddy/signature";

const maxSignatures = 100;
const maxPayloadBytes = 1024 * 1024;
const maxBundleBytes = 4 * 1024 * 1024;
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d\.\d)?\+json/;
const simpleType = "application/vnd.dev.cosign.simplesigning.v1+json";

/**
 * Everything that the registry has about who signed the image: bundles among its referrers, and the image `sha256-<hex>.sig`. What is
 * not there is left out, and what cannot be read is no signature. Source: cosign `GetBundles`, `ociremote.Signatures`.
 * @throws what the client throws but for 404.
 */
export async function fetchCosignMaterial(
  client: OciClient,
  { repository, digest = "" }: Reference,
  signal: AbortSignal,
): Promise<CosignMaterial> {
  const bundles = await fetchBundles(client, { repository, digest }, signal);
  const signatures = await fetchSimple(client, { repository, digest }, signal);
  return { digest, bundles, signatures };
}

async function fetchBundles(
  client: OciClient,
  { repository, digest = "" }: Reference,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const referrers = await client.listReferrers(repository, digest, { signal });
  const bundles: Uint8Array[] = [];
  for (const referrer of referrers.slice(0, maxSignatures)) {
    // Not every registry lists the type; where it does, others need not be asked for.
    if (referrer.artifactType !== undefined && !mayBeBundle(referrer.artifactType)) continue;
    const layers = (await orAbsent(() => client.fetchImage(withDigest(repository, referrer.digest), { signal })))
      ?.manifest.layers;
    const layer = layers?.find(({ mediaType }) => bundleType.test(mediaType));
    if (!layer) continue;
    const bytes = await orAbsent(() => client.fetchBlob(repository, layer, { signal, maxBytes: maxBundleBytes }));
    if (bytes) bundles.push(bytes);
  }
  return bundles;
}

function mayBeBundle(artifactType: string): boolean {
  return bundleType.test(artifactType) || artifactType.startsWith("application/vnd.oci.");
}

async function fetchSimple(
  client: OciClient,
  { repository, digest = "" }: Reference,
  signal: AbortSignal,
): Promise<SimpleSignature[]> {
  const tag = `${digest.replace(":", "-")}.sig`;
  const image = await orAbsent(() => client.fetchImage(withTag(repository, tag), { signal }));
  const signatures: SimpleSignature[] = [];
  for (const layer of image?.manifest.layers.slice(0, maxSignatures) ?? []) {
    if (layer.mediaType !== simpleType) continue;
    const payload = await orAbsent(() => client.fetchBlob(repository, layer, { signal, maxBytes: maxPayloadBytes }));
    if (payload) signatures.push({ payload, annotations: layer.annotations ?? {} });
  }
  return signatures;
}

async function orAbsent<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (isRegistryError(error, 404)) return undefined;
    throw error;
  }
}
