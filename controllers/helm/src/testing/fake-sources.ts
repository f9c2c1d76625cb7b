import { sourceGroup, type Artifact } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { digestOf } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { hasReason, reflect, type KubeClient } from "@eddy/kube";
import type { Clock } from "@eddy/core/clock";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { gzipSync } from "node:zlib";

/** A chart: its version, and its files below the chart's folder; Chart.yaml is made of name and version unless it is one of them. */
export interface ChartFixture {
  name?: string;
  version?: string;
  files: Readonly<Record<string, string>>;
}

/** Gives HelmCharts and OCIRepositories of one namespace their artifacts, as a source controller would. */
export interface FakeSources {
  artifacts: Pick<ArtifactStore, "bytes">;
  /** Makes the chart the newest one of its name: every HelmChart that asks for it gets it. */
  push(chart: ChartFixture): Promise<void>;
  /** Publishes the chart as an OCIRepository with this revision, like `1.0.0@sha256:…`. */
  publish(repository: string, chart: ChartFixture, revision: string): Promise<void>;
  /** Says of every HelmChart from now on that it cannot be fetched, until a chart is pushed. */
  fail(message: string): void;
  stop(): void;
}

interface Stored {
  version: string;
  digest: string;
}

/** Starts watching the namespace's HelmCharts. */
export function startFakeSources(kube: KubeClient, namespace: string, clock: Clock): FakeSources {
  const bytes = new Map<string, Uint8Array>();
  const charts = new Map<string, Stored>();
  let failure: string | undefined;
  const answer = async (chart: KubeObject): Promise<void> => {
    const wanted = textAt(chart, "spec", "chart");
    const stored = charts.get(wanted);
    const { name, generation = 0 } = chart.metadata;
    if (!stored && failure === undefined) return;
    const ready = {
      type: "Ready",
      status: stored && failure === undefined ? "True" : "False",
      reason: failure === undefined ? "ChartPullSucceeded" : "ChartPullError",
      message: failure ?? "pulled",
      lastTransitionTime: formatTime(new Date(clock.now())),
    };
    const artifact =
      stored && artifactOf(stored, `helmchart/${namespace}/${name}/${wanted}-${stored.version}.tgz`, clock);
    const observed = valueAt(chart, "status", "observedGeneration") === generation;
    if (observed && textAt(chart, "status", "artifact", "digest") === artifact?.digest && failure === undefined) return;
    await writeStatus(
      kube,
      { kind: "HelmChart", namespace, name },
      {
        observedGeneration: failure === undefined ? generation : -1,
        conditions: [ready],
        ...(artifact ? { artifact } : {}),
      },
    );
  };
  const reflection = reflect<KubeObject>(
    kube,
    { group: sourceGroup, kind: "HelmChart" },
    { namespace, clock },
    ({ type, object }) => void (type === "Deleted" ? undefined : answer(object).catch(() => undefined)),
  );
  const store = (chart: ChartFixture): Stored => {
    const content = packChart(chart);
    const digest = digestOf(content);
    bytes.set(digest, content);
    return { version: chart.version ?? "1.0.0", digest };
  };
  return {
    artifacts: {
      async bytes({ digest }) {
        const content = bytes.get(digest);
        if (!content) throw new EddyError("ARTIFACT_NOT_FOUND", `artifact ${digest} is not there`);
        return content;
      },
    },
    async push(chart) {
      failure = undefined;
      charts.set(chart.name ?? "app", store(chart));
      const { items } = await kube.list({ group: sourceGroup, kind: "HelmChart" }, { namespace });
      await Promise.all(items.map(answer));
    },
    async publish(repository, chart, revision) {
      const stored = store(chart);
      const object = {
        apiVersion: `${sourceGroup}/v1`,
        kind: "OCIRepository",
        metadata: { name: repository, namespace },
        spec: { interval: "1h", url: "oci://registry.example/app" },
      };
      const made = await kube.apply(object, { fieldManager: "suite", force: true });
      const artifact = { ...artifactOf(stored, `ocirepository/${namespace}/${repository}/a.tar.gz`, clock), revision };
      await writeStatus(
        kube,
        { kind: "OCIRepository", namespace, name: repository },
        {
          observedGeneration: made.metadata.generation ?? 0,
          artifact,
        },
      );
    },
    fail: (message) => void (failure = message),
    stop: () => reflection.stop(),
  };
}

function textAt(object: KubeObject, ...path: string[]): string {
  const value = valueAt(object, ...path);
  return typeof value === "string" ? value : "";
}

function artifactOf({ version, digest }: Stored, path: string, clock: Clock): Artifact {
  const lastUpdateTime = formatTime(new Date(clock.now()));
  return { path, url: `http://source-controller/${path}`, revision: version, digest, lastUpdateTime };
}

async function writeStatus(
  kube: KubeClient,
  ref: { kind: string; namespace: string; name: string },
  status: object,
): Promise<void> {
  try {
    await kube.patch({ group: sourceGroup, version: "v1", ...ref }, "merge", { status } as never, {
      subresource: "status",
      fieldManager: "source-controller",
    });
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
  }
}

function packChart({ name = "app", version = "1.0.0", files }: ChartFixture): Uint8Array {
  const all = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "9"\n`, ...files };
  const parts = Object.entries(all).flatMap(([path, text]) => {
    const data = Buffer.from(text);
    const head = encodeTarHeader({ path: `${name}/${path}`, kind: "file", executable: false, size: data.length });
    return [head, data, Buffer.alloc(tarPadding(data.length))];
  });
  return gzipSync(Buffer.concat([...parts, tarEnd]));
}
