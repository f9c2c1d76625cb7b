import { EddyError, messageOf } from "@eddy/core/errors";
import { formatRepository, withDigest } from "@eddy/core/image";
import { mediaTypes, parseImageManifest, type Descriptor, type OciClient, type Reference } from "@eddy/oci";

/** A signature of the Notary Project that a registry has of an artifact. */
export interface NotationMaterial {
  /** Of its manifest. */
  readonly digest: string;
  readonly mediaType: string;
  readonly envelope: Uint8Array;
}

/** The type under which notation pushes signatures. */
const signatureType = "application/vnd.cncf.notary.signature";
const maxBytes = 4 * 1024 * 1024;

/** `<host>/<repository>@<digest>`, as trust policies and notation's messages name an artifact. */
export function artifactNameOf({ repository, digest = "" }: Reference): string {
  return `${formatRepository(repository)}@${digest}`;
}

/**
 * The signatures of an artifact, one after the other, in the order of the registry. Source: notation-go `registry.Repository`.
 * @throws EddyError SIGNATURE_UNREADABLE (retry) in notation's words; what the client throws.
 */
export async function* fetchNotationMaterial(
  client: OciClient,
  reference: Reference,
  signal: AbortSignal,
): AsyncGenerator<NotationMaterial> {
  const { repository, digest = "" } = reference;
  const referrers = await client.listReferrers(repository, digest, { signal, artifactType: signatureType });
  for (const referrer of referrers) {
    try {
      yield await fetchOne(client, reference, referrer, signal);
    } catch (cause) {
      if (signal.aborted) throw cause;
      const name = JSON.stringify(artifactNameOf(reference));
      const message = `unable to retrieve digital signature with digest ${JSON.stringify(referrer.digest)} associated with ${name} from the Repository, error : ${messageOf(cause)}`;
      throw new EddyError("SIGNATURE_UNREADABLE", message, { cause });
    }
  }
}

async function fetchOne(
  client: OciClient,
  { repository }: Reference,
  referrer: Descriptor,
  signal: AbortSignal,
): Promise<NotationMaterial> {
  if (referrer.mediaType !== mediaTypes.ociManifest)
    throw new Error(
      `sigManifestDesc.MediaType requires ${JSON.stringify(mediaTypes.ociManifest)}, got ${JSON.stringify(referrer.mediaType)}`,
    );
  if (referrer.size > maxBytes) throw new Error(`signature manifest too large: ${referrer.size} bytes`);
  const raw = await client.fetchManifest(withDigest(repository, referrer.digest), { signal });
  const { layers } = parseImageManifest(raw.bytes);
  const [blob] = layers;
  if (!blob || layers.length !== 1)
    throw new Error(`signature manifest requries exactly one signature envelope blob, got ${layers.length}`);
  if (blob.size > maxBytes) throw new Error(`signature blob too large: ${blob.size} bytes`);
  const envelope = await client.fetchBlob(repository, blob, { signal, maxBytes });
  return { digest: referrer.digest, mediaType: blob.mediaType, envelope };
}
