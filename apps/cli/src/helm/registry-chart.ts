import { isObject } from "@eddy/core/json";
import { selectVersion, type ChartMetadata } from "@eddy/helm";
import {
  mediaTypes,
  parseReference,
  parseRepository,
  withDigest,
  withTag,
  type Descriptor,
  type OciCallOptions,
  type OciClient,
  type Reference,
} from "@eddy/oci";

const configType = "application/vnd.cncf.helm.config.v1+json";
const chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const legacyChartType = "application/tar+gzip";
const provenanceType = "application/vnd.cncf.helm.chart.provenance.v1.prov";
const annotationPrefix = "org.opencontainers.image";
const scheme = "oci://";

/** What is pushed: the packed chart, its metadata, and its provenance where there is one. */
export interface PushedChart {
  readonly archive: Uint8Array;
  readonly metadata: ChartMetadata;
  readonly provenance?: Uint8Array;
  /** RFC 3339: when the archive was written. */
  readonly created: string;
}

/** A chart as a registry has it. */
export interface PulledChart {
  readonly archive: Uint8Array;
  readonly provenance?: Uint8Array;
  /** Of the manifest. */
  readonly digest: string;
  readonly reference: Reference;
  /** Last step of the repository, and the version, or the digest where that was asked for. */
  readonly name: string;
  readonly version: string;
}

/** Pushes a chart to `<remote>/<name>:<version>` as Helm does. Source: Helm 4 `registry.Client.Push`. */
export async function pushChart(
  client: OciClient,
  remote: string,
  chart: PushedChart,
  { insecure, ...call }: OciCallOptions & { insecure: boolean },
): Promise<{ reference: Reference; digest: string }> {
  const { metadata } = chart;
  const address = `${remote.slice(scheme.length).replace(/\/+$/, "")}/${metadata.name}`;
  const reference = withTag(parseRepository(address, { insecure }), metadata.version.replaceAll("+", "_"));
  const push = (mediaType: string, bytes: Uint8Array): Promise<Descriptor> =>
    client.pushBlob(reference.repository, { mediaType, bytes }, call);
  const config = await push(configType, Buffer.from(goJson(metadataFields(metadata))));
  const layers = [await push(chartType, chart.archive)];
  if (chart.provenance) layers.push(await push(provenanceType, chart.provenance));
  layers.sort((left, right) => (left.digest < right.digest ? -1 : 1));
  const manifest = {
    schemaVersion: 2,
    config: ordered(config),
    layers: layers.map(ordered),
    annotations: chartAnnotations(metadata, chart.created),
  };
  const pushed = { mediaType: mediaTypes.ociManifest, bytes: Buffer.from(goJson(manifest)) };
  return { reference, digest: (await client.pushManifest(reference, pushed, call)).digest };
}

/** A descriptor in the order in which Helm writes it. */
function ordered({ mediaType, digest, size }: Descriptor): object {
  return { mediaType, digest, size };
}

/** JSON as Go writes it into a web page: the bytes decide the digest. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** In the order of Helm's struct, without what is empty. Source: Helm `chart.Metadata`. */
function metadataFields(metadata: ChartMetadata): object {
  const { maintainers, annotations, dependencies } = metadata;
  return withoutEmpty({
    name: metadata.name,
    home: metadata.home,
    sources: metadata.sources,
    version: metadata.version,
    description: metadata.description,
    keywords: metadata.keywords,
    maintainers: maintainers.map(
      (maintainer) =>
        maintainer && withoutEmpty({ name: maintainer.name, email: maintainer.email, url: maintainer.url }),
    ),
    icon: metadata.icon,
    apiVersion: metadata.apiVersion,
    condition: metadata.condition,
    tags: metadata.tags,
    appVersion: metadata.appVersion,
    deprecated: metadata.deprecated,
    annotations: sorted(annotations),
    kubeVersion: metadata.kubeVersion,
    dependencies: dependencies.map((dependency) => ({
      name: dependency.name,
      ...withoutEmpty({ version: dependency.version }),
      repository: dependency.repository,
      ...withoutEmpty({
        condition: dependency.condition,
        tags: dependency.tags,
        enabled: dependency.enabled,
        "import-values": dependency.importValues,
        alias: dependency.alias,
      }),
    })),
    type: metadata.type,
  });
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the manifest says of the chart: the chart's own annotations win, but for title and version. Source: Helm `generateOCIAnnotations`. */
export function chartAnnotations(metadata: ChartMetadata, created: string): Record<string, string> {
  const authors = metadata.maintainers.map((maintainer) => {
    const email = maintainer?.email ? ` (${maintainer.email})` : "";
    return `${maintainer?.name ?? ""}${email}`;
  });
  const own: Record<string, string> = {
    description: metadata.description,
    title: metadata.name,
    version: metadata.version,
    url: metadata.home,
    created,
    source: metadata.sources[0] ?? "",
    authors: authors.join(", "),
  };
  const fixed = [`${annotationPrefix}.title`, `${annotationPrefix}.version`];
  const named = Object.entries(own)
    .filter(([, value]) => value.trim() !== "")
    .map(([name, value]) => [`${annotationPrefix}.${name}`, value] as const);
  const more = Object.entries(metadata.annotations).filter(([name]) => !fixed.includes(name));
  return sorted(Object.fromEntries([...named, ...more]));
}

/**
 * Pulls a chart by `oci://` address and version: a range picks the newest tag in it, `_` in tags standing for `+`. Source: Helm 4
 * `registry.Client.Pull`, `ResolveChartVersion`.
 * @throws Error in Helm's words for a manifest that is no chart's.
 */
export async function pullChart(
  client: OciClient,
  address: string,
  {
    version,
    insecure,
    maxBytes,
    ...call
  }: OciCallOptions & { version: string | undefined; insecure: boolean; maxBytes: number },
): Promise<PulledChart> {
  const reference = await resolveChart(client, address, { version, insecure }, call);
  const { manifest, descriptor } = await client.fetchImage(reference, call);
  if (manifest.config.mediaType !== configType) throw new Error(`could not load config with mediatype ${configType}`);
  const layer = manifest.layers.find(({ mediaType }) => mediaType === chartType || mediaType === legacyChartType);
  if (!layer) throw new Error(`manifest does not contain a layer with mediatype ${chartType}`);
  const signed = manifest.layers.find(({ mediaType }) => mediaType === provenanceType);
  const { repository } = reference;
  const archive = await client.fetchBlob(repository, layer, { ...call, maxBytes });
  const provenance = signed ? await client.fetchBlob(repository, signed, { ...call, maxBytes }) : undefined;
  return {
    archive,
    ...(provenance ? { provenance } : {}),
    digest: descriptor.digest,
    reference,
    name: repository.path.slice(repository.path.lastIndexOf("/") + 1),
    version: reference.digest ?? (reference.tag ?? "").replaceAll("_", "+"),
  };
}

async function resolveChart(
  client: OciClient,
  address: string,
  { version, insecure }: { version: string | undefined; insecure: boolean },
  call: OciCallOptions,
): Promise<Reference> {
  const text = address.slice(scheme.length);
  const named = parseReference(
    text.replace(/:([^/:@]*)$/, (tag) => tag.replaceAll("+", "_")),
    { insecure },
  );
  if (named.digest !== undefined) return withDigest(named.repository, named.digest);
  const isTagged = /:[^/]+$/.test(text);
  if (isTagged) return named;
  if (version !== undefined && /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]*)?$/.test(version))
    return withTag(named.repository, version.replaceAll("+", "_"));
  const tags = await client.listTags(named.repository, call);
  const versions = tags.map((tag) => ({ version: tag.replaceAll("_", "+") }));
  const chosen = selectVersion(named.repository.path, versions, version ?? "");
  return withTag(named.repository, chosen.version.replaceAll("+", "_"));
}
