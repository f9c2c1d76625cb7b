import { createHash, sign, type KeyObject } from "node:crypto";
import type { Registry } from "../registry.ts";
import type { SigstoreIdentity, SigstoreInstance, SigstoreSignOptions } from "./sigstore-instance.ts";

/** What is signed, and where. */
export interface SignedImage {
  readonly registry: Registry;
  readonly repository: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** What the signature claims to be about; the digest unless given. */
  readonly claimed?: string;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const simpleType = "application/vnd.dev.cosign.simplesigning.v1+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
const inTotoType = "application/vnd.in-toto+json";

interface Layer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

function putImage(
  { registry, repository }: SignedImage,
  tag: string | undefined,
  layer: Layer,
  extra: object = {},
): void {
  const put = ({ mediaType, bytes, annotations }: Layer): object => ({
    mediaType,
    digest: registry.putBlob(repository, bytes),
    size: bytes.length,
    ...(annotations ? { annotations } : {}),
  });
  const config = put({ mediaType: "application/vnd.oci.image.config.v1+json", bytes: Buffer.from("{}") });
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: [put(layer)], ...extra };
  registry.putManifest(repository, { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

function simplePayload({ repository, digest, claimed = digest }: SignedImage): Buffer {
  const critical = {
    identity: { "docker-reference": repository },
    image: { "docker-manifest-digest": claimed },
    type: "cosign container image signature",
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

const tagOf = ({ digest }: SignedImage): string => `${digest.replace(":", "-")}.sig`;

/** As `cosign sign --key` of cosign 2: a payload that names the digest, in the image `sha256-<hex>.sig`. */
export function signSimple(image: SignedImage, privateKey: KeyObject): void {
  const bytes = simplePayload(image);
  const annotations = { "dev.cosignproject.cosign/signature": sign("sha256", bytes, privateKey).toString("base64") };
  putImage(image, tagOf(image), { mediaType: simpleType, bytes, annotations });
}

/** As `cosign sign` of cosign 2 without a key. */
export function signKeyless(
  image: SignedImage,
  instance: SigstoreInstance,
  identity: SigstoreIdentity,
  options: SigstoreSignOptions = {},
): void {
  const bytes = simplePayload(image);
  const { annotations } = instance.sign(bytes, identity, options);
  putImage(image, tagOf(image), { mediaType: simpleType, bytes, annotations });
}

/** As `cosign sign --key` of cosign 3: a bundle with a statement about the digest, that refers to the image. */
export function signBundle(
  image: SignedImage,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
): void {
  const { digest, claimed = digest } = image;
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: claimed.slice("sha256:".length) } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    predicate: {},
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const encoding = Buffer.from(`DSSEv1 ${inTotoType.length} ${inTotoType} ${payload.length} `);
  const sig = sign("sha256", Buffer.concat([encoding, payload]), privateKey).toString("base64");
  const hint = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
  const bundle = {
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: { payload: payload.toString("base64"), payloadType: inTotoType, signatures: [{ sig }] },
  };
  const layer = { mediaType: bundleType, bytes: Buffer.from(JSON.stringify(bundle)) };
  putImage(image, undefined, layer, {
    artifactType: bundleType,
    subject: { mediaType: manifestType, digest, size: 1 },
  });
}
