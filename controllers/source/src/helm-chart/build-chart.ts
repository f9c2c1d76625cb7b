import {
  sourceConditionTypes,
  sourceGroup,
  sourceReasons,
  type Artifact,
  type HelmChart,
  type HelmRepository,
} from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { normalizeRepositoryUrl } from "@eddy/helm";
import { StepError } from "@eddy/runtime/controller";
import type { ChartSource } from "../chart-repository/chart-source.ts";
import { openChartSource, type OpenChartSourceOptions } from "../chart-repository/open-chart-source.ts";
import { providerName, verifyArtifact } from "../verify/verify-artifact.ts";
import { buildLocalChart } from "./build-local.ts";
import { buildRemoteChart } from "./build-remote.ts";
import { repositoryFailure } from "./build-error.ts";
import type { ChartBuild } from "./chart-build.ts";
import type { Ports } from "./ports.ts";
import type { ChartOrigin } from "./resolve-source.ts";

/**
 * The chart of the spec, from where it comes.
 * @throws StepError of a kind of its own for what is wrong with the chart, AuthenticationFailed, URLInvalid, VerificationError
 */
export async function buildChart(
  object: HelmChart,
  origin: ChartOrigin,
  stored: Artifact | undefined,
  ports: Ports,
  signal: AbortSignal,
): Promise<ChartBuild> {
  if (origin.kind === "files") {
    const tree = await ports.artifacts.tree(origin.artifact, { signal });
    const sources = { open: (url: string) => openDependency(object, url, ports, signal) };
    return buildLocalChart(object, { tree, revision: origin.artifact.revision, sources }, stored);
  }
  const source = await openRepository(object, origin.repository, ports, signal);
  try {
    return await buildRemoteChart(object, source, stored);
  } catch (error) {
    throw repositoryFailure(error);
  }
}

async function openRepository(
  object: HelmChart,
  repository: HelmRepository,
  ports: Ports,
  signal: AbortSignal,
): Promise<ChartSource> {
  checkUrl(repository);
  try {
    return await openChartSource(repository, ports, { signal, verify: verifierOf(object, ports, signal) });
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw new StepError(sourceReasons.authenticationFailed, messageOf(cause), {
      cause,
      class: "retry",
      condition: sourceConditionTypes.fetchFailed,
    });
  }
}

function checkUrl({ spec }: HelmRepository): void {
  const isRegistry = spec.url.startsWith("oci://");
  const refuse = (reason: string, message: string): StepError =>
    new StepError(reason, message, { class: "terminal", condition: sourceConditionTypes.fetchFailed });
  try {
    normalizeRepositoryUrl(spec.url);
  } catch (cause) {
    throw refuse(sourceReasons.urlInvalid, `invalid Helm repository URL: ${messageOf(cause)}`);
  }
  if (spec.type === "oci" && !isRegistry)
    throw refuse(
      "Failed",
      `failed to construct Helm client: invalid OCI registry URL: ${normalizeRepositoryUrl(spec.url)}`,
    );
}

function verifierOf(
  { metadata, spec }: HelmChart,
  ports: Ports,
  signal: AbortSignal,
): NonNullable<OpenChartSourceOptions["verify"]> {
  return async (client, reference) => {
    if (!spec.verify) return "ignored";
    try {
      return await verifyArtifact(
        spec.verify,
        { client, reference, namespace: metadata.namespace ?? "", signal },
        ports,
      );
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new Error(
        `failed to verify the signature using provider '${providerName(spec.verify)}': ${messageOf(cause)}`,
        { cause },
      );
    }
  };
}

/** The repository of a dependency: with the credentials of the HelmRepository of the namespace that has its URL, else with none. */
async function openDependency(
  { metadata }: HelmChart,
  url: string,
  ports: Ports,
  signal: AbortSignal,
): Promise<ChartSource> {
  const namespace = metadata.namespace ?? "";
  const repositories = ports.caches.of<HelmRepository>({ group: sourceGroup, version: "v1", kind: "HelmRepository" });
  await repositories.synced;
  for (const repository of repositories.list())
    if (repository.metadata.namespace === namespace && isAt(repository, url))
      return openChartSource(repository, ports, { signal });
  const anonymous: HelmRepository = {
    apiVersion: `${sourceGroup}/v1`,
    kind: "HelmRepository",
    metadata: { name: "", namespace },
    spec: { url, timeout: "60s" },
  };
  return openChartSource(anonymous, ports, { signal });
}

function isAt({ spec }: HelmRepository, url: string): boolean {
  try {
    return normalizeRepositoryUrl(spec.url) === url;
  } catch {
    return false;
  }
}
