import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { FileTree } from "@eddy/core/tree";
import { memoryTree } from "@eddy/core/tree";
import { packTree } from "@eddy/runtime/artifact";
import type { Registry } from "@eddy/registry";

/** One layer of an artifact to put into a registry. */
export interface TestLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Puts an image of these layers into a registry, without the client under test. Its digest. */
export function putImage(
  registry: Registry,
  name: string,
  tag: string | undefined,
  layers: readonly TestLayer[],
  extra: object = {},
): string {
  const config = Buffer.from("{}");
  const described = (layer: TestLayer): object => ({
    mediaType: layer.mediaType,
    digest: registry.putBlob(name, layer.bytes),
    size: layer.bytes.length,
    ...(layer.annotations ? { annotations: layer.annotations } : {}),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: described({ mediaType: "application/vnd.cncf.flux.config.v1+json", bytes: config }),
    layers: layers.map(described),
    ...extra,
  };
  return registry.putManifest(name, { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

/** A layer of Flux: a gzipped tar of the files. */
export async function fluxLayer(files: Readonly<Record<string, string>>): Promise<TestLayer> {
  const tree: FileTree = memoryTree(files);
  return { mediaType: "application/vnd.cncf.flux.content.v1.tar+gzip", bytes: await packTree(tree) };
}

/** A key of cosign, as PEM, and the pair that signs with it. */
export function cosignKey(): { pem: string; publicKey: KeyObject; privateKey: KeyObject } {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...pair, pem: pair.publicKey.export({ type: "spki", format: "pem" }).toString() };
}
