import { basename } from "node:path";
import { readFileSync } from "node:fs";
import { EddyError } from "@eddy/core/errors";
import { findChart, indexUrl, parseIndex, resolveChartUrl, selectVersion } from "@eddy/helm";
import { createHttpClient, basicAuthorization, expectSuccess, type HttpClient, type HttpRequest } from "@eddy/http";
import type { Reference } from "@eddy/oci";
import type { CommandContext } from "../command/context.ts";
import { openHelmRegistry, type HelmRegistryOptions } from "./registry-access.ts";
import { pullChart } from "./registry-chart.ts";

/** A packed chart from elsewhere. */
export interface FetchedChart {
  readonly archive: Uint8Array;
  readonly name: string;
  /** As Helm names it: `<name>-<version>.tgz`. */
  readonly fileName: string;
  readonly provenance?: Uint8Array;
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
}

const maxChartBytes = 64 * 1024 * 1024;
const maxIndexBytes = 100 * 1024 * 1024;

/**
 * A chart of a registry (`oci://…`), of a repository (`--repo` and a name), or behind a URL.
 * @throws EddyError NOT_BUILT for `repository/chart`, which needs Helm's list of repositories; what clients and Helm's engine throw.
 */
export async function fetchChart(
  word: string,
  options: FetchChartOptions,
  context: CommandContext,
): Promise<FetchedChart> {
  const version = options.version ?? (options.devel ? ">0.0.0-0" : undefined);
  if (word.startsWith("oci://")) return fromRegistry(word, { ...options, version }, context);
  if (options.repo) return fromRepository(word, options.repo, { ...options, version }, context);
  if (/^https?:\/\//.test(word)) return withHttp(options, context, (get) => download(new URL(word), get));
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
    if (isSame || options.passCredentials) return download(url, get);
    // Credentials of a repository are not for whom its index names.
    const { username: _, password: __, ...bare } = options;
    return withHttp(bare, context, (other) => download(url, other));
  });
}

/** Nobody else waits for this program's turn. */
function finish<T>(steps: Generator<void, T>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

async function download(url: URL, get: Get): Promise<FetchedChart> {
  const fileName = basename(url.pathname);
  const name = fileName.replace(/-v?\d+\.\d+.*$/, "");
  return { archive: await get(url, maxChartBytes), name, fileName };
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
