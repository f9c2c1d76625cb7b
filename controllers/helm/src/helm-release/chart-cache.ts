import type { Artifact } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { loadChartArchive, type Chart } from "@eddy/helm";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { StepError } from "@eddy/runtime/controller";

/** What of a chart a pass needs to see whether there is anything to do. */
export interface ChartHead {
  name: string;
  version: string;
  appVersion: string;
}

/** Charts by the digest of their artifact: fifty releases of one chart load it once. */
export interface ChartCache {
  /** Name and versions, without the chart when it was seen before. */
  head(artifact: Artifact, signal: AbortSignal): Promise<ChartHead>;
  /** The chart, as this version of it. @throws StepError ArtifactFailed */
  load(artifact: Artifact, version: string, signal: AbortSignal): Promise<Chart>;
}

/** Options of {@link createChartCache}. */
export interface ChartCacheOptions {
  artifacts: Pick<ArtifactStore, "bytes">;
  requeueDependencyMs: number;
}

/** Charts that are kept whole; what is known of their heads costs nothing. */
const maxCharts = 4;
const maxHeads = 10_000;

/** An empty cache. */
export function createChartCache({ artifacts, requeueDependencyMs }: ChartCacheOptions): ChartCache {
  const charts = new Map<string, Promise<Chart>>();
  const heads = new Map<string, ChartHead>();
  const load = (artifact: Artifact, signal: AbortSignal): Promise<Chart> => {
    const known = charts.get(artifact.digest);
    charts.delete(artifact.digest);
    const chart = known ?? read(artifact, signal);
    charts.set(artifact.digest, chart);
    for (const digest of charts.keys()) if (charts.size > maxCharts) charts.delete(digest);
    return chart;
  };
  const read = async (artifact: Artifact, signal: AbortSignal): Promise<Chart> => {
    try {
      const chart = loadChartArchive(await artifacts.bytes(artifact, { signal }));
      const { name, version, appVersion } = chart.metadata;
      heads.set(artifact.digest, { name, version, appVersion });
      for (const digest of heads.keys()) if (heads.size > maxHeads) heads.delete(digest);
      return chart;
    } catch (error) {
      charts.delete(artifact.digest);
      throw signal.aborted ? signal.reason : describe(error, requeueDependencyMs);
    }
  };
  // One object for each version: what was parsed of a chart is kept with it.
  const versions = new WeakMap<Chart, Map<string, Chart>>();
  return {
    async load(artifact, version, signal) {
      const chart = await load(artifact, signal);
      if (chart.metadata.version === version) return chart;
      const known = versions.get(chart) ?? new Map<string, Chart>();
      const versioned = known.get(version) ?? { ...chart, metadata: { ...chart.metadata, version } };
      versions.set(chart, known.set(version, versioned));
      return versioned;
    },
    async head(artifact, signal) {
      const known = heads.get(artifact.digest);
      if (known) return known;
      const { name, version, appVersion } = (await load(artifact, signal)).metadata;
      return { name, version, appVersion };
    },
  };
}

// A source's status and its files are not written in one moment: that passes by itself.
function describe(cause: unknown, requeueDependencyMs: number): StepError {
  const text = messageOf(cause);
  const isMissing =
    cause instanceof EddyError && (cause.code === "ARTIFACT_NOT_FOUND" || cause.code === "ARTIFACT_DIGEST_MISMATCH");
  if (isMissing)
    return new StepError(
      "ArtifactFailed",
      `Source not ready: artifact not found. Retrying in ${formatDuration(requeueDependencyMs)}`,
      { class: "waiting", retryAfterMs: requeueDependencyMs, eventMessage: "", cause },
    );
  return new StepError("ArtifactFailed", `Could not load chart: ${text}`, {
    class: "retry",
    eventMessage: text,
    cause,
  });
}
