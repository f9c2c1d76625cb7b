import { digestOf } from "@eddy/core/digest";
import { messageOf } from "@eddy/core/errors";
import { resolveChartUrl, selectVersion, type ChartVersion } from "@eddy/helm";
import { isHttpError, type HttpClient } from "@eddy/http";
import { ChartReferenceError, type ChartSource, type FoundChart } from "./chart-source.ts";
import { download } from "./download.ts";
import type { HelmAccess } from "./helm-access.ts";

/** What an HTTP chart repository is made of. */
export interface HttpChartSourceOptions {
  /** Its URL. */
  readonly repository: string;
  readonly client: HttpClient;
  readonly access: HelmAccess;
  /** Versions of a chart in the index; undefined where the index has no such chart. */
  versions(chart: string): Promise<readonly ChartVersion[] | undefined>;
  /** `--helm-chart-max-size`. */
  readonly maxChartBytes: number;
  readonly signal: AbortSignal;
}

/** Charts of an index. Source: source-controller internal/helm/repository `ChartRepository`. */
export function httpChartSource(options: HttpChartSourceOptions): ChartSource {
  const { repository } = options;
  return {
    async find(chart, range) {
      const versions = await options.versions(chart);
      if (versions === undefined) throw new ChartReferenceError("no chart name found");
      return foundIn(versions, chart, range, repository);
    },
    verify: () => Promise.reject(new Error("not implemented")),
    async download(found) {
      if (found.location === "") throw new Error(`chart '${found.name}' has no downloadable URLs`);
      const bytes = await fetchPackage(found.location, options);
      return checked(found, bytes);
    },
  };
}

function foundIn(versions: readonly ChartVersion[], chart: string, range: string, repository: string): FoundChart {
  try {
    const { name, version, urls, digest } = selectVersion(chart, versions, range);
    const [first] = urls;
    const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest ?? "")?.[1];
    return {
      name,
      version,
      location: first === undefined ? "" : resolveChartUrl(repository, first),
      ...(hex === undefined ? {} : { digest: `sha256:${hex}` }),
    };
  } catch (cause) {
    throw new ChartReferenceError(messageOf(cause), { cause });
  }
}

async function fetchPackage(url: string, options: HttpChartSourceOptions): Promise<Buffer> {
  const { maxChartBytes: maxBytes, ...rest } = options;
  const { protocol } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:")
    throw new Error(`Get ${JSON.stringify(url)}: unsupported protocol scheme ${JSON.stringify(protocol.slice(0, -1))}`);
  try {
    const response = await download(url, { ...rest, maxBytes });
    return Buffer.from(await response.bytes());
  } catch (cause) {
    if (isHttpError(cause, "tooLarge")) throw tooLarge(maxBytes, cause);
    if (cause instanceof Error && isHttpError(cause.cause, "tooLarge")) throw tooLarge(maxBytes, cause);
    throw cause;
  }
}

function tooLarge(maxBytes: number, cause: unknown): Error {
  return new Error(`size of chart exceeds '${maxBytes}' bytes limit`, { cause });
}

/** Stricter than upstream, which does not look at the index's digests. */
function checked(found: FoundChart, bytes: Buffer): Buffer {
  const digest = digestOf(bytes);
  if (found.digest === undefined || found.digest === digest) return bytes;
  throw new Error(
    `verify chart '${found.name}' version '${found.version}': its digest is ${digest}, the index says ${found.digest}`,
  );
}
