import type { HelmRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import {
  defaultIndexLimits,
  findChart,
  indexUrl,
  normalizeRepositoryUrl,
  parseIndex,
  type ChartVersion,
} from "@eddy/helm";
import type { OciClient, Reference } from "@eddy/oci";
import { resolveRegistryAccess } from "../access/registry-access.ts";
import type { RegistryPool } from "@eddy/runtime/registry-access";
import { ownerKey } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { VerificationOutcome } from "../verify/verify-artifact.ts";
import type { ChartSource } from "./chart-source.ts";
import { download } from "./download.ts";
import { resolveHelmAccess, type HelmAccess } from "./helm-access.ts";
import { httpChartSource } from "./http-chart-source.ts";
import type { HttpPool } from "./http-pool.ts";
import { ociChartSource } from "./oci-chart-source.ts";
import { runInSteps } from "./run-in-steps.ts";
import type { StoredIndexes } from "./stored-indexes.ts";

/** What charts are taken through. */
export interface ChartPorts extends SourcePorts {
  clients: HttpPool;
  registries: RegistryPool;
  indexes: StoredIndexes;
  /** `--helm-chart-max-size`. */
  maxChartBytes: number;
  /** `--helm-index-max-size`. */
  maxIndexBytes: number;
}

/** Options of {@link openChartSource}. */
export interface OpenChartSourceOptions {
  signal: AbortSignal;
  /** Proves a signature; default: there is nothing to prove. */
  verify?(client: OciClient, reference: Reference): Promise<VerificationOutcome>;
}

/**
 * The charts that a HelmRepository names: of its stored index, of the index as it is now where none is stored, or of a registry.
 * @throws Error in upstream's words for credentials; StepError for those of a registry
 */
export async function openChartSource(
  repository: HelmRepository,
  ports: ChartPorts,
  { signal, verify = () => Promise.resolve("ignored" as const) }: OpenChartSourceOptions,
): Promise<ChartSource> {
  const url = normalizeRepositoryUrl(repository.spec.url);
  if (url.startsWith("oci://")) {
    const access = await resolveRegistryAccess(repository, url, ports, { acceptsBasic: true });
    const client = ports.registries.open(`${ownerKey(repository)} ${url}`, access);
    const { maxChartBytes } = ports;
    return ociChartSource({ url, insecure: repository.spec.insecure ?? false, client, verify, maxChartBytes, signal });
  }
  const access = await resolveHelmAccess(repository, ports);
  const client = ports.clients.open(access);
  const artifact = repository.status?.artifact;
  return httpChartSource({
    repository: url,
    client,
    access,
    versions: (chart) =>
      artifact ? ports.indexes.versions(artifact, chart, { signal }) : versionsNow(url, chart, access, ports, signal),
    maxChartBytes: ports.maxChartBytes,
    signal,
  });
}

/** Of an index that no HelmRepository has. */
async function versionsNow(
  repository: string,
  chart: string,
  access: HelmAccess,
  { clients, maxIndexBytes: maxBytes }: ChartPorts,
  signal: AbortSignal,
): Promise<readonly ChartVersion[] | undefined> {
  try {
    const client = clients.open(access);
    const response = await download(indexUrl(repository), { client, access, repository, maxBytes, signal });
    const bytes = Buffer.from(await response.bytes());
    const { json } = await runInSteps(parseIndex(bytes, { ...defaultIndexLimits, maxBytes }), signal);
    return findChart(json, chart);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error(`failed to load index: ${messageOf(cause)}`, { cause });
  }
}
