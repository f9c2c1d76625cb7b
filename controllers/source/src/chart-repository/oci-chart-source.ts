import { messageOf } from "@eddy/core/errors";
import { parseThreePartVersion } from "@eddy/core/semver";
import { HelmError, selectVersion } from "@eddy/helm";
import {
  formatRepository,
  parseRepository,
  withDigest,
  withTag,
  type OciClient,
  type Reference,
  type Repository,
} from "@eddy/oci";
import type { VerificationOutcome } from "../verify/verify-artifact.ts";
import type { ChartSource, FoundChart } from "./chart-source.ts";

/** What a part of a registry with charts is made of. */
export interface OciChartSourceOptions {
  /** `oci://host/path`, without a slash at its end. */
  readonly url: string;
  readonly insecure: boolean;
  readonly client: OciClient;
  /** Proves the signature of what the reference names, by digest. */
  verify(client: OciClient, reference: Reference): Promise<VerificationOutcome>;
  /** `--helm-chart-max-size`. */
  readonly maxChartBytes: number;
  readonly signal: AbortSignal;
}

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const scheme = "oci://";

/** Charts of a registry. Source: source-controller internal/helm/repository `OCIChartRepository`. */
export function ociChartSource(options: OciChartSourceOptions): ChartSource {
  const { client, signal } = options;
  const repositoryOf = (chart: string): Repository =>
    parseRepository(`${options.url.slice(scheme.length)}/${chart}`, { insecure: options.insecure });
  return {
    async find(chart, range) {
      const repository = repositoryOf(chart);
      const version = isExact(range) ? range : await newest(client, { repository, chart, range }, signal);
      return { name: chart, version, location: `${scheme}${formatRepository(repository)}:${version}` };
    },
    async verify(found) {
      const repository = repositoryOf(found.name);
      const { digest } = await resolve(client, repository, found, signal);
      const outcome = await options.verify(client, withDigest(repository, digest));
      const pinned = { ...found, location: `${scheme}${formatRepository(repository)}@${digest}`, digest };
      return { found: pinned, outcome };
    },
    async download(found) {
      try {
        return await pull(repositoryOf(found.name), found, options);
      } catch (cause) {
        if (signal.aborted) throw cause;
        throw new Error(`failed to get '${found.location}': ${messageOf(cause)}`, { cause });
      }
    },
  };
}

/** A whole version is taken at its word: no tags are listed. */
function isExact(version: string): boolean {
  return parseThreePartVersion(version) !== undefined;
}

async function newest(
  client: OciClient,
  { repository, chart, range }: { repository: Repository; chart: string; range: string },
  signal: AbortSignal,
): Promise<string> {
  const tags = await listTags(client, repository, chart, signal);
  try {
    // Where versions have a `+`, tags have `_`.
    const versions = tags.map((tag) => ({ version: tag.replaceAll("_", "+") }));
    return selectVersion(chart, versions, range).version;
  } catch (cause) {
    if (!(cause instanceof HelmError)) throw cause;
    throw new Error(`could not locate a version matching provided version string ${range}`, { cause });
  }
}

async function listTags(
  client: OciClient,
  repository: Repository,
  chart: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const doing = `could not get tags for ${JSON.stringify(chart)}`;
  const reference = `${scheme}${formatRepository(repository)}`;
  let tags: string[];
  try {
    tags = await client.listTags(repository, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error(`${doing}: could not fetch tags for ${JSON.stringify(reference)}: ${messageOf(cause)}`, { cause });
  }
  if (tags.length > 0) return tags;
  throw new Error(`${doing}: unable to locate any tags in provided repository: ${reference}`);
}

async function resolve(
  client: OciClient,
  repository: Repository,
  found: FoundChart,
  signal: AbortSignal,
): Promise<{ digest: string }> {
  try {
    return await client.resolve(tagOf(repository, found), { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error(`failed to resolve digest for '${found.location}': ${messageOf(cause)}`, { cause });
  }
}

function tagOf(repository: Repository, { version }: FoundChart): Reference {
  return withTag(repository, version.replaceAll("+", "_"));
}

async function pull(repository: Repository, found: FoundChart, options: OciChartSourceOptions): Promise<Buffer> {
  const { client, signal, maxChartBytes: maxBytes } = options;
  const reference = found.digest === undefined ? tagOf(repository, found) : withDigest(repository, found.digest);
  const { manifest } = await client.fetchImage(reference, { signal });
  const layer = manifest.layers.find(({ mediaType }) => mediaType === chartLayer);
  if (!layer) throw new Error(`manifest does not contain a layer with mediatype ${chartLayer}`);
  if (layer.size > maxBytes) throw new Error(`size of chart exceeds '${maxBytes}' bytes limit`);
  return client.fetchBlob(repository, layer, { signal, maxBytes });
}
