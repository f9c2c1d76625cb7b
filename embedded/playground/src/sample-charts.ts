import { packageChart, startChartRepository } from "@eddy/chart-repository";
import { memoryTree } from "@eddy/core/tree";
import { startRegistry, type Registry, type RegistryEvent } from "@eddy/registry";
import { onPort, type Ports } from "./ports.ts";
import { loadSampleCharts } from "./sample.ts";
import { pushSampleImages } from "./sample-images.ts";

/** Where the sample's charts and images are: a chart repository and a registry. Both are filled anew at each start. */
export interface SampleCharts {
  /** `http://127.0.0.1:<port>`. */
  readonly repositoryUrl: string;
  /** `oci://127.0.0.1:<port>/charts`, without TLS. */
  readonly registryUrl: string;
  /** `127.0.0.1:<port>`: what names of the sample's images begin with. */
  readonly registryHost: string;
  readonly ports: Required<Pick<Ports, "charts" | "registry">>;
}

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.cncf.helm.config.v1+json",
  layer: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
};

/**
 * Starts both, on the ports of the last start where they are free; `started` gets what stops them, `onImagePush` what happens in the
 * registry.
 */
export async function startSampleCharts(
  ports: Ports,
  started: (() => void | Promise<void>)[],
  onImagePush: (event: RegistryEvent) => void = () => undefined,
): Promise<SampleCharts> {
  const charts = loadSampleCharts();
  const repository = await onPort(ports.charts, (port) => startChartRepository({ port }));
  started.push(() => repository.stop());
  repository.add(memoryTree(charts.buoy));
  const registry = await onPort(ports.registry, (port) => startRegistry({ port, onEvent: onImagePush }));
  started.push(() => registry.stop());
  pushChart(registry, charts.lighthouse);
  pushSampleImages(registry);
  const portOf = (url: string): number => Number(new URL(url).port);
  return {
    repositoryUrl: repository.url,
    registryUrl: `oci://${registry.host}/charts`,
    registryHost: registry.host,
    ports: { charts: portOf(repository.url), registry: portOf(registry.url) },
  };
}

function pushChart(registry: Registry, files: Record<string, string>): void {
  const { name, version, metadata, bytes } = packageChart(memoryTree(files));
  const repository = `charts/${name}`;
  const blob = (mediaType: string, content: Uint8Array): object => ({
    mediaType,
    digest: registry.putBlob(repository, content),
    size: content.length,
  });
  const config = blob(types.config, Buffer.from(JSON.stringify(metadata)));
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers: [blob(types.layer, bytes)] };
  const content = { mediaType: types.manifest, bytes: Buffer.from(JSON.stringify(manifest)) };
  registry.putManifest(repository, content, version.replaceAll("+", "_"));
}
