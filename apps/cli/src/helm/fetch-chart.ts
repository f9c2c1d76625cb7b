import { basename } from "node:path";
import { readFileSync } from "node:fs";
import { EddyError } from "@eddy/core/errors";
import { findChart, indexUrl, parseIndex, resolveChartUrl, selectVersion } from "@eddy/helm";
import {
  createHttpClient,
  basicAuthorization,
  expectSuccess,
  isHttpError,
  type HttpClient,
  type HttpRequest,
} from "@eddy/http";
import type { Reference } from "@eddy/oci";
import type { CommandContext } from "../command/context.ts";
import { loadKeyRing, verifyChartArchive, type ChartVerification } from "./provenance.ts";
import { openHelmRegistry, type HelmRegistryOptions } from "./registry-access.ts";
import { pullChart } from "./registry-chart.ts";

/** A packed chart from elsewhere. */
export interface FetchedChart {
  readonly archive: Uint8Array;
  readonly name: string;
  /** As Helm names it: `<name>-<version>.tgz`. */
  readonly fileName: string;
  readonly provenance?: Uint8Array;
  /** Where it was asked to be verified. */
  readonly verification?: ChartVerification;
  /** Where it was in a registry. */
  readonly registry?: { readonly reference: Reference; readonly digest: string };
}

/** How a chart is chosen and reached. */
export interface FetchChartOptions extends HelmRegistryOptions {
  readonly version?: string | undefined;
  readonly devel?: boolean;
  /** Address of a repository in which the chart is looked up by name. */
  readonly repo?: string | undefined;
  readonly passCredentials?: boolean;
  /** The chart must be signed by a key of the ring. */
  readonly verify?: boolean;
  readonly keyring?: string | undefined;
  /** Fetch the provenance file, too, where there is one. */
  readonly withProvenance?: boolean;
}

const maxChartBytes = 64 * 1024 * 1024;
const maxIndexBytes = 100 * 1024 * 1024;
const maxProvenanceBytes = 1024 * 1024;

/**
 * A chart of a registry (`oci://…`), of a repository (`--repo` and a name), or behind a URL.
 * With `verify`, only one that is signed.
 * @throws EddyError NOT_BUILT for `repository/chart`, which needs Helm's list of repositories; PROVENANCE_INVALID; what clients and
 * Helm's engine throw.
 */
export async function fetchChart(
  word: string,
  options: FetchChartOptions,
  context: CommandContext,
): Promise<FetchedChart> {
  if (!options.verify) return find(word, options, context);
  const chart = await find(word, { ...options, withProvenance: true }, context);
  const { archive, provenance, fileName } = chart;
  if (!provenance) {
    const message = `failed to fetch provenance ${JSON.stringify(`${fileName}.prov`)}`;
    throw new EddyError("PROVENANCE_INVALID", message, { class: "terminal" });
  }
  const keyRing = (): Uint8Array => loadKeyRing(options.keyring, context.io.env);
  return { ...chart, verification: await verifyChartArchive({ archive, provenance, fileName }, keyRing) };
}

async function find(word: string, options: FetchChartOptions, context: CommandContext): Promise<FetchedChart> {
  const version = options.version ?? (options.devel ? ">0.0.0-0" : undefined);
  if (word.startsWith("oci://")) return fromRegistry(word, { ...options, version }, context);
  if (options.repo) return fromRepository(word, options.repo, { ...options, version }, context);
  if (/^https?:\/\//.test(word)) return withHttp(options, context, (get) => download(new URL(word), get, options));
  throw new EddyError("NOT_BUILT", `find the chart ${JSON.stringify(word)}: Helm's list of repositories is not read`, {
    class: "terminal",
    hint: "give the repository's address with --repo, or a registry's with oci://",
  });
}

async function fromRegistry(word: string, options: FetchChartOptions, context: CommandContext): Promise<FetchedChart> {
  const client = openHelmRegistry(options, context);
  try {
    const pulled = await pullChart(client, word, {
      version: options.version,
      insecure: options.plainHttp ?? false,
      maxBytes: maxChartBytes,
      signal: context.signal,
    });
    const { archive, name, reference, digest, provenance } = pulled;
    const fileName = `${name}-${pulled.version.replace(":", "_")}.tgz`;
    return { archive, name, fileName, registry: { reference, digest }, ...(provenance ? { provenance } : {}) };
  } finally {
    client.close();
  }
}

type Get = (url: URL, maxBytes: number) => Promise<Uint8Array>;

function fromRepository(
  name: string,
  repository: string,
  options: FetchChartOptions,
  context: CommandContext,
): Promise<FetchedChart> {
  return withHttp(options, context, async (get) => {
    const { json } = finish(parseIndex(Buffer.from(await get(new URL(indexUrl(repository)), maxIndexBytes))));
    const versions = findChart(json, name);
    if (!versions) throw new Error(`chart ${JSON.stringify(name)} not found in ${repository} repository`);
    const found = selectVersion(name, versions, options.version ?? "");
    const url = new URL(resolveChartUrl(repository, found.urls[0] ?? ""));
    const isSame = url.origin === new URL(repository).origin;
    if (isSame || options.passCredentials) return download(url, get, options);
    // Credentials of a repository are not for whom its index names.
    const { username: _, password: __, ...bare } = options;
    return withHttp(bare, context, (other) => download(url, other, options));
  });
}

/** Nobody else waits for this program's turn. */
function finish<T>(steps: Generator<void, T>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

async function download(url: URL, get: Get, { withProvenance }: FetchChartOptions): Promise<FetchedChart> {
  const fileName = basename(url.pathname);
  const name = fileName.replace(/-v?\d+\.\d+.*$/, "");
  const archive = await get(url, maxChartBytes);
  const provenance = withProvenance ? await fetchProvenance(url, get) : undefined;
  return { archive, name, fileName, ...(provenance ? { provenance } : {}) };
}

/** Undefined where there is none, or none that can be had: whoever needs it says so. */
async function fetchProvenance(url: URL, get: Get): Promise<Uint8Array | undefined> {
  const beside = new URL(url);
  beside.pathname += ".prov";
  try {
    return await get(beside, maxProvenanceBytes);
  } catch (error) {
    if (isHttpError(error)) return undefined;
    throw error;
  }
}

async function withHttp<T>(
  options: FetchChartOptions,
  { clock, flags, signal }: CommandContext,
  action: (get: Get) => Promise<T>,
): Promise<T> {
  const client: HttpClient = createHttpClient({
    clock,
    ...(options.caFile ? { caCert: readFileSync(options.caFile, "utf8") } : {}),
    ...(flags.insecureSkipTlsVerify ? { insecureSkipVerify: true } : {}),
  });
  const get: Get = async (url, maxBytes) => {
    const { username, password } = options;
    const authorization = username && password ? basicAuthorization(url, { username, password }) : undefined;
    const request: HttpRequest = {
      maxBytes,
      signal,
      timeoutMs: flags.timeout,
      ...(authorization === undefined ? {} : { credentials: { authorization } }),
    };
    return (await expectSuccess(await client.request(url, request), `fetch ${url.origin}${url.pathname}`)).bytes();
  };
  try {
    return await action(get);
  } finally {
    client.close();
  }
}
