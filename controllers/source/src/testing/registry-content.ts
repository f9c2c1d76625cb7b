import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
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

/** `sha256:<hex>`. */
export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

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

/** A key of cosign, as PEM, and what signs with it. */
export function cosignKey(): { publicKey: string; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(), privateKey };
}

/** Signs an image as cosign 2 does: a payload that names the digest, in the image `sha256-<hex>.sig`. */
export function signSimple(
  registry: Registry,
  name: string,
  digest: string,
  privateKey: KeyObject,
  claimed: string = digest,
): void {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": name },
        image: { "docker-manifest-digest": claimed },
        type: "cosign container image signature",
      },
      optional: null,
    }),
  );
  const signature = sign("sha256", payload, privateKey).toString("base64");
  const annotations = { "dev.cosignproject.cosign/signature": signature };
  const mediaType = "application/vnd.dev.cosign.simplesigning.v1+json";
  putImage(registry, name, `${digest.replace(":", "-")}.sig`, [{ mediaType, bytes: payload, annotations }]);
}

/** Signs an image as cosign 3 does: a bundle with a statement about the digest, that refers to the image. */
export function signBundle(
  registry: Registry,
  name: string,
  digest: string,
  privateKey: KeyObject,
  claimed: string = digest,
): void {
  const payloadType = "application/vnd.in-toto+json";
  const payload = Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ digest: { sha256: claimed.slice("sha256:".length) } }],
      predicateType: "https://sigstore.dev/cosign/sign/v1",
      predicate: {},
    }),
  );
  const encoding = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
  const sig = sign("sha256", Buffer.concat([encoding, payload]), privateKey).toString("base64");
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const bundle = {
    mediaType: artifactType,
    verificationMaterial: { publicKey: { hint: "key" } },
    dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig, keyid: "" }] },
  };
  const layer = { mediaType: artifactType, bytes: Buffer.from(JSON.stringify(bundle)) };
  const subject = { mediaType: manifestType, digest, size: 1 };
  putImage(registry, name, undefined, [layer], { artifactType, subject });
}
