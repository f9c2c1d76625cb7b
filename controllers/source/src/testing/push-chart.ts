import { createHash } from "node:crypto";
import type { FileTree } from "@eddy/core/tree";
import { loadChart, saveChart } from "@eddy/helm";
import type { Registry } from "@eddy/registry";

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.cncf.helm.config.v1+json",
  layer: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
};

/** Puts a packaged chart into a registry as `helm push` does: the version is the tag, its `+` as `_`. The manifest's digest. */
export function pushChart(registry: Registry, repository: string, tree: FileTree): string {
  const chart = loadChart(tree, "");
  const blob = (mediaType: string, bytes: Buffer): { mediaType: string; digest: string; size: number } => {
    registry.putBlob(repository, bytes);
    return { mediaType, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, size: bytes.length };
  };
  const config = blob(types.config, Buffer.from(JSON.stringify(chart.metadata)));
  const layers = [blob(types.layer, saveChart(chart))];
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers };
  return registry.putManifest(
    repository,
    { mediaType: types.manifest, bytes: Buffer.from(JSON.stringify(manifest)) },
    chart.metadata.version.replaceAll("+", "_"),
  );
}
