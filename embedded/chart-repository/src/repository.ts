import type { FileTree } from "@eddy/core/tree";

/** One request that the repository answered. */
export interface RepositoryRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Absent while the request is being answered. */
  readonly status?: number;
}

/** An answer given in place of the repository's own. */
export interface RepositoryAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Options of {@link startChartRepository}. */
export interface ChartRepositoryOptions {
  /** Default: any free port. */
  port?: number;
  /** Default 127.0.0.1; anything but a loopback address needs credentials. */
  host?: string;
  /** Path that the repository is below, like `/charts`. Default none. */
  path?: string;
  /** Basic authentication for every request. */
  credentials?: { username: string; password: string };
  /** PEM. With `clientCa`, clients must show a certificate of it. */
  tls?: { cert: string; key: string; clientCa?: string };
  /** Begins the URLs of charts in the index; relative ones unless given. */
  chartUrl?: string;
  /** Whether files have an `etag`, and conditional requests are answered with 304. Default true. */
  etag?: boolean;
  /** May answer in place of the repository. */
  intercept?: (request: RepositoryRequest) => RepositoryAnswer | undefined;
  /** Milliseconds since the epoch; when charts were created. */
  now?: () => number;
}

/** How a package is listed, where that is not what it is. */
export interface ListedAs {
  /** Instead of the package's own. */
  digest?: string;
  /** Instead of `<name>-<version>.tgz`. */
  fileName?: string;
}

/** A running repository. */
export interface ChartRepository {
  /** `http://127.0.0.1:<port><path>` or https. */
  readonly url: string;
  /**
   * Adds a chart: a folder with a Chart.yaml, which is packaged, or a package. One of the same name and version is replaced.
   * @throws EddyError CHART_PACKAGE (terminal) where there is no Chart.yaml with a name and a version.
   */
  add(chart: FileTree | Uint8Array, as?: ListedAs): { name: string; version: string; digest: string };
  remove(name: string, version: string): void;
  /** Serves this as index.yaml; undefined: the list of what was added, again. */
  setIndex(text: string | undefined): void;
  /** What index.yaml is now. */
  index(): string;
  /** Every request so far, oldest first. */
  requests(): readonly RepositoryRequest[];
  stop(): Promise<void>;
}
