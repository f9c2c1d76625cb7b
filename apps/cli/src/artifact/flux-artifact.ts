import {
  mediaTypes,
  type Descriptor,
  type ImageManifest,
  type OciCallOptions,
  type OciClient,
  type Reference,
} from "@eddy/oci";

const configType = "application/vnd.cncf.flux.config.v1+json";
const contentType = "application/vnd.cncf.flux.content.v1.tar+gzip";
const annotationPrefix = "org.opencontainers.image";
/** What Flux writes: its media type keeps the library from filling it in. Source: fluxcd/pkg/oci `Push`, v0.68. */
const config =
  '{"architecture":"","created":"0001-01-01T00:00:00Z","os":"","rootfs":{"type":"layers","diff_ids":null},"config":{}}';

/** Where an artifact comes from. */
export interface ArtifactOrigin {
  readonly source: string;
  readonly revision: string;
  /** RFC 3339. */
  readonly created: string;
}

/** Annotations of Flux for the origin, and more of one's own, which win. Sorted, as Go writes maps. */
export function artifactAnnotations(
  { source, revision, created }: ArtifactOrigin,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all: Record<string, string> = {
    [`${annotationPrefix}.created`]: created,
    [`${annotationPrefix}.source`]: source,
    [`${annotationPrefix}.revision`]: revision,
    ...more,
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The origin that annotations name; "" for what they do not. */
export function originOf(annotations: ImageManifest["annotations"]): ArtifactOrigin {
  const of = (name: string): string => annotations?.[`${annotationPrefix}.${name}`] ?? "";
  return { source: of("source"), revision: of("revision"), created: of("created") };
}

/** Pushes one archive as Flux does: its own config type, one layer. Source: flux2.md 4.5. */
export async function pushFluxArtifact(
  client: OciClient,
  reference: Reference,
  { archive, annotations }: { archive: Uint8Array; annotations: Readonly<Record<string, string>> },
  call: OciCallOptions,
): Promise<Descriptor> {
  const { repository } = reference;
  const configured = await client.pushBlob(repository, { mediaType: configType, bytes: Buffer.from(config) }, call);
  const layer = await client.pushBlob(repository, { mediaType: contentType, bytes: archive }, call);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: ordered(configured),
    layers: [ordered(layer)],
    annotations,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return client.pushManifest(reference, { mediaType: mediaTypes.ociManifest, bytes }, call);
}

/** A descriptor in the order in which go-containerregistry writes it: the bytes decide the digest. */
function ordered({ mediaType, size, digest }: Descriptor): object {
  return { mediaType, size, digest };
}

/** The first layer's descriptor. @throws Error in upstream's words for an artifact without layers. */
export function firstLayer({ layers }: ImageManifest): Descriptor {
  const [layer] = layers;
  if (!layer) throw new Error("no layers found in artifact");
  return layer;
}
