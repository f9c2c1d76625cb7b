import { sha256 } from "@eddy/core/digest";
import type { Registry } from "@eddy/registry";

/** What the sample's files call the registry beside them: its port is known only when it runs. */
export const sampleRegistry = "registry.sample";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

/** Puts the images in that the sample starts with. Nobody runs them: they have a name, and a digest. */
export function pushSampleImages(registry: Registry): void {
  for (const name of ["tug", "pilot"]) pushSampleImage(registry, `apps/${name}`, "1.0.0");
}

function pushSampleImage(registry: Registry, repository: string, tag: string): void {
  const bytes = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", config: { Labels: { tag } } }));
  registry.putBlob(repository, bytes);
  const config = { mediaType: configType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: [] };
  registry.putManifest(repository, { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

/** The sample's files, with the registry's address in them. */
export function withRegistry(files: Readonly<Record<string, string>>, host: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      path.endsWith(".yaml") ? text.replaceAll(sampleRegistry, host) : text,
    ]),
  );
}
