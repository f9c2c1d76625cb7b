import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { bundleFromJSON, type Bundle } from "@sigstore/bundle";
import { toSignedEntity } from "@sigstore/verify";
import { messageOf } from "@eddy/core/errors";
import { checkSimpleClaim, checkStatement } from "./check-claim.ts";
import type { SimpleSignature } from "./material.ts";
import { signatureError } from "../signature-error.ts";

const signatureAnnotation = "dev.cosignproject.cosign/signature";
const inTotoType = "application/vnd.in-toto+json";

/** A public key of cosign. @throws EddyError SIGNATURE_KEY (terminal). */
export function parsePublicKey(pem: string): KeyObject {
  // A private key would be taken for its public half, and has no business here.
  if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) throw signatureError("SIGNATURE_KEY", "PEM decoding failed");
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw signatureError("SIGNATURE_KEY", `read public key: ${messageOf(cause)}`, cause);
  }
}

/** @throws Error when the key did not make the signature, or the payload is about another image. */
export function verifySimpleByKey({ payload, annotations }: SimpleSignature, digest: string, key: KeyObject): void {
  const signature = Buffer.from(annotations[signatureAnnotation] ?? "", "base64");
  if (signature.length === 0 || !verify(hashOf(key), payload, key, signature)) throw new Error("invalid signature");
  checkSimpleClaim(payload, digest);
}

/** The key's own hash where it has one, else SHA-256. Source: sigstore `signature.LoadVerifier(key, SHA256)`. */
function hashOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256";
}

/**
 * Transparency logs and timestamps do not count where a key is trusted. Source: source-controller `NewCosignVerifier`, `IgnoreTlog`.
 * @throws Error when the key did not make the signature, or the statement is about another image.
 */
export function verifyBundleByKey(json: Uint8Array, digest: string, key: KeyObject): void {
  const bundle = parseBundle(json);
  const { signature } = toSignedEntity(bundle);
  if (!signature.verifySignature(key)) throw new Error("invalid signature");
  checkStatement(statementOf(bundle), digest);
}

/** A bundle. @throws Error. */
export function parseBundle(json: Uint8Array): Bundle {
  return bundleFromJSON(JSON.parse(new TextDecoder().decode(json)));
}

/** The in-toto statement that was signed. @throws Error for a bundle with anything else. */
export function statementOf({ content }: Bundle): Uint8Array {
  if (content.$case !== "dsseEnvelope") throw new Error("bundle does not contain a DSSE envelope");
  if (content.dsseEnvelope.payloadType !== inTotoType)
    throw new Error(
      `the envelope holds ${JSON.stringify(content.dsseEnvelope.payloadType)}, want an in-toto statement`,
    );
  return content.dsseEnvelope.payload;
}
