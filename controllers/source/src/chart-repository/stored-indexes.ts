import type { Artifact } from "@eddy/api";
import { findChart, type ChartVersion } from "@eddy/helm";
import type { ArtifactStore } from "@eddy/runtime/artifact";

/** Indexes that HelmRepositories stored. */
export interface StoredIndexes {
  /** Versions of a chart in the index that the artifact is; undefined where it has no such chart. */
  versions(
    artifact: Artifact,
    chart: string,
    options: { signal: AbortSignal },
  ): Promise<readonly ChartVersion[] | undefined>;
}

interface Known {
  readonly charts: Map<string, readonly ChartVersion[] | undefined>;
  /** The file, as long as nobody needs the memory. */
  bytes: WeakRef<Buffer> | undefined;
}

const maxIndexes = 32;
const maxChartsOfIndex = 1_000;

/** Nothing read yet. Of an index only the charts that were asked for stay in memory. */
export function createStoredIndexes(artifacts: Pick<ArtifactStore, "bytes">): StoredIndexes {
  const known = new Map<string, Known>();
  const remember = (digest: string): Known => {
    const entry = known.get(digest) ?? { charts: new Map(), bytes: undefined };
    known.delete(digest);
    known.set(digest, entry);
    if (known.size > maxIndexes) known.delete(known.keys().next().value ?? "");
    return entry;
  };
  const load = async (entry: Known, artifact: Artifact, signal: AbortSignal): Promise<Buffer> => {
    const held = entry.bytes?.deref();
    if (held) return held;
    const read = await artifacts.bytes(artifact, { signal });
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    entry.bytes = new WeakRef(bytes);
    return bytes;
  };
  return {
    async versions(artifact, chart, { signal }) {
      const entry = remember(artifact.digest);
      if (entry.charts.has(chart)) return entry.charts.get(chart);
      const versions = findChart(await load(entry, artifact, signal), chart);
      if (entry.charts.size >= maxChartsOfIndex) entry.charts.clear();
      entry.charts.set(chart, versions);
      return versions;
    },
  };
}
